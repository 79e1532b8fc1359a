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
 * counted in the parent exactly once, before the queue removes the delivery. Attempts, backoff, cancels and timeouts work
 * as for every job. If the process dies, its jobs are requeued.
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

  /** Starts to take jobs. A second call does nothing. */
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

  /** Takes no more jobs. Resolves when running attempts have ended and are recorded. */
  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    if (!opened) return;
    await opened.worker.close();
    await opened.host.close();
  }
}
