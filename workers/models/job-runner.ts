import { launchFields } from '@/lib/contracts/batch';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { sealBatch } from '@/lib/domain/batch/seal-batch';
import { sendChild } from '@/lib/domain/batch/send-child';
import { type Context, systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { createChild } from '@/lib/domain/job/create-child';
import { findJobByKey } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { validate } from '@/lib/domain/validate';
import { redeliver } from '@/lib/domain/worker/redeliver';
import { DeliverAgain, runAttempt } from '@/workers/runtime/attempt';
import { PermanentError, type ProcessorContext } from '@/workers/runtime/processor';
import { Host } from './host';

/** What a callback returns: false rejects, everything else acknowledges. */
type Verdict = boolean | undefined | Promise<boolean | undefined> | Promise<void> | void;

export interface RootJob {
  id: string;
  name: string;
}

/** A child whose row exists and whose message is not sent yet. */
export interface DelayedJob {
  id: string;
  name: string;
  /** Sends its message to the `MessageWorker` that handles the topic. A second call sends nothing. */
  send(topic: string, message?: unknown): Promise<void>;
}

export interface UniqueOptions {
  /** how long the root may stay open without a further child, and a child without its message; an hour by default */
  sealAfterSeconds?: number;
  correlationId?: string;
  metadata?: Record<string, unknown>;
}

/** The second argument of the callback of `runDelayed`. */
export type RunningJob = Pick<
  ProcessorContext<'callback'>,
  'jobId' | 'data' | 'signal' | 'log' | 'warn' | 'updateProgress'
>;

/**
 * Unique root jobs and delayed children, run by your own program. A root is a batch with a unique key, a child is one
 * of its jobs: both are shown, interrupted and retried like any other.
 */
export class JobRunner {
  private host: Promise<Host> | undefined;

  constructor(
    private readonly context: Context,
    private readonly root?: RootJob,
  ) {}

  /**
   * Runs the callback as the root job `name`, unless another instance of it has unfinished children. The callback
   * creates the children. When all of them have ended, the root ends and its name is free.
   * @param ownerId who calls, such as a message id: the same one again continues where it stopped
   * @returns true: acknowledged; false: its callback returned false, and waiting children never start; null: another
   * instance runs
   */
  async runUnique(
    ownerId: string,
    name: string,
    callback: (runner: JobRunner, root: RootJob) => Verdict,
    options: UniqueOptions = {},
  ): Promise<boolean | null> {
    const { outcome, result } = await launchBatch(this.context, {
      fields: validate(
        launchFields,
        { ...options, name, type: 'callback', uniqueKey: name, sealed: false, start: 'queue' },
        'The root job',
      ),
      items: nothing(),
      internal: true,
      // One message may be for several names.
      idempotencyKey: `root:${ownerId}\n${name}`,
    });
    if (outcome === 'running') return null;
    const root = { id: result.batchId, name };
    const before = await getBatch(this.context, root.id);
    // The same owner again, after its callback has ended.
    if (before.sealed) return before.stopReason === null;
    try {
      if ((await callback(new JobRunner(this.context, root), root)) === false) {
        await this.reject(root, 'its callback returned false');
        return false;
      }
    } catch (error) {
      await this.reject(root, `its callback failed: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
    await sealBatch(this.context, root.id);
    return true;
  }

  /**
   * Creates a child of the root, then calls the callback to send its message. The same name in the same root is the same
   * child.
   * @throws DomainError `invalid-request` outside `runUnique`, `batch-sealed` once the root was interrupted
   */
  async createDelayed<T>(
    name: string,
    callback: (runner: JobRunner, child: DelayedJob) => T | Promise<T>,
  ): Promise<Awaited<T>> {
    const { root } = this;
    if (!root) throw new DomainError('invalid-request', 'createDelayed is for the runner that runUnique gives.');
    const request = { idempotencyKey: `${root.id}:${name}` };
    const body = { type: 'callback', name, data: {}, parentJobId: root.id };
    const made = await createChild(
      this.context,
      body,
      { type: 'callback', data: {}, due: undefined, held: true },
      request,
    );
    const id = made ?? (await findJobByKey(this.context, request)).id;
    const send = async (topic: string, message?: unknown) => {
      await sendChild(this.context, id, { topic, ...(message === undefined ? {} : { message }) });
    };
    return await callback(this, { id, name, send });
  }

  /**
   * Runs a child: new → running → success or failed. If the callback returns false or throws, the child fails.
   * @returns the verdict, also of an earlier run that has ended; null when it was interrupted or runs elsewhere
   * @throws DomainError `not-found`
   */
  async runDelayed(jobId: string, callback: (runner: JobRunner, job: RunningJob) => Verdict): Promise<boolean | null> {
    const { batchId, correlationId } = await getJob(this.context, jobId);
    const root = batchId === null ? undefined : { id: batchId, name: (await getBatch(this.context, batchId)).name };
    this.host ??= Host.open();
    const host = await this.host;
    const runtime = host.runtime(async (job: ProcessorContext<'callback'>) => {
      if ((await callback(new JobRunner(this.context, root), job)) === false) {
        throw new PermanentError('Its callback returned false.', 'rejected');
      }
      return true;
    });
    try {
      await runAttempt(runtime, { jobId, redelivered: false, correlationId: correlationId ?? undefined });
    } catch (error) {
      if (!(error instanceof DeliverAgain)) throw error;
      await redeliver([{ id: jobId, delivery: 0 }]);
    }
    const { status } = await getJob(this.context, jobId);
    if (status === 'completed') return true;
    return status === 'cancelled' || status === 'active' ? null : false;
  }

  /** Unregisters this process: what it still runs is requeued. Needed after `runDelayed` only. */
  async close(): Promise<void> {
    const { host } = this;
    this.host = undefined;
    await (await host)?.close();
  }

  /** Cancels the root: running children complete, waiting ones never start. */
  private async reject(root: RootJob, why: string): Promise<void> {
    const { organizationId } = this.context;
    await cancelBatch(systemContext(organizationId), root.id, { reason: `rejected: ${why}`.slice(0, 500) });
  }
}

async function* nothing(): AsyncGenerator<never> {}
