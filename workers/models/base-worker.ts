import { definitionOf, type JobType } from '@/lib/job-types/catalogue';
import { openWorker } from '@/workers/runtime/consume';
import type { Processor } from '@/workers/runtime/processor';
import { Host } from './host';

export interface WorkerConfig<T extends JobType> {
  type: T;
  /** jobs at once in this process; the type's `consumerConcurrency` by default */
  concurrency?: number;
}

/**
 * Runs the jobs of a type in a program of your own. Extend it, or give it a handler. Each outcome is recorded and
 * counted in the parent exactly once, before the queue forgets the delivery; attempts, backoff, cancels and timeouts
 * are those of every job. If the process dies, what it held runs elsewhere.
 *
 * A type that is marked `external` in its definition is run by such workers only; others are shared with the
 * product's consumers.
 */
export class BaseWorker<T extends JobType> {
  private opened: { host: Host; worker: ReturnType<typeof openWorker> } | undefined;

  constructor(
    private readonly config: WorkerConfig<T>,
    private readonly handler: Processor<T>,
  ) {}

  /** Begins to take jobs. Starting twice is starting once. */
  async start(): Promise<this> {
    if (this.opened) return this;
    const { type, concurrency } = this.config;
    const host = await Host.open();
    const runtime = host.runtime(this.handler as (context: never) => Promise<unknown>);
    const worker = openWorker(runtime, type, concurrency ?? definitionOf(type).consumerConcurrency);
    this.opened = { host, worker };
    await worker.waitUntilReady();
    return this;
  }

  /** Takes no more, lets what runs end and be recorded. */
  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    if (!opened) return;
    await opened.worker.close();
    await opened.host.close();
  }
}
