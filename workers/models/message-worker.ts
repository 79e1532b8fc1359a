import { logger } from '@/lib/config/logger';
import type { Context } from '@/lib/domain/context';
import { getJob } from '@/lib/domain/job/get-job';
import type { InputOf } from '@/lib/job-types/catalogue';
import { openMessageWorker } from '@/workers/runtime/consume';
import { PermanentError } from '@/workers/runtime/processor';
import { JobRunner } from './job-runner';

export interface Message {
  /** the child that it is for: pass it to `runDelayed` */
  jobId: string;
  name: string;
  message: unknown;
}

/** Handles a message, usually with `runDelayed`. A child that it does not run fails. */
export type MessageHandler = (message: Message, runner: JobRunner) => Promise<unknown>;

/**
 * Receives the messages of delayed children, by topic. A message is delivered at least once; `runDelayed` makes sure that a
 * child runs only once at a time and counts once.
 */
export class MessageWorker {
  private readonly runner: JobRunner;
  private worker: ReturnType<typeof openMessageWorker> | undefined;

  constructor(
    private readonly context: Context,
    private readonly handlers: Record<string, MessageHandler>,
    private readonly options: { concurrency?: number } = {},
  ) {
    this.runner = new JobRunner(context);
  }

  /** Starts to receive messages. */
  async start(): Promise<this> {
    this.worker ??= openMessageWorker('callback', this.options.concurrency ?? 10, (jobId) => this.receive(jobId));
    await this.worker.waitUntilReady();
    return this;
  }

  /** Receives no more messages. Resolves when running handlers have ended. */
  async close(): Promise<void> {
    await this.worker?.close();
    this.worker = undefined;
    await this.runner.close();
  }

  private async receive(jobId: string): Promise<boolean> {
    const job = await getJob(this.context, jobId).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'not-found') return undefined;
      throw error;
    });
    // The job of another organization, whose own program receives the message.
    if (!job) return false;
    if (job.status !== 'pending' && job.status !== 'delayed') return true;
    const { topic, message } = job.data as InputOf<'callback'>;
    const handler = topic === undefined ? undefined : this.handlers[topic];
    if (!handler) return false;
    let why = 'Its message was handled, but nobody ran it.';
    try {
      await handler({ jobId, name: job.name, message }, this.runner);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
      logger.warn(
        { err: error, jobId, correlationId: job.correlationId, topic },
        'A message handler failed. Its child fails too, unless it was run.',
      );
    }
    // This fails only a child that still waits.
    await this.runner.runDelayed(jobId, () => {
      throw new PermanentError(why, 'rejected');
    });
    return true;
  }
}
