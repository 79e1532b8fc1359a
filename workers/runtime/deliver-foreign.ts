import { DelayedError, type Job, UnrecoverableError, WaitingChildrenError } from 'bullmq';
import { logger } from '@/lib/config/logger';
import { MAX_FLOW_NODES } from '@/lib/contracts/flow';
import { type JobProgress, MAX_DATA_BYTES } from '@/lib/contracts/job';
import { digitsAsText, stringifyJson } from '@/lib/contracts/json';
import { adoptTree, findAdopted } from '@/lib/domain/job/adopt-job';
import { noteAnswer, retryAsClientAsked } from '@/lib/domain/job/answer-adopted';
import { checkAdopted, failAsKilling, readOutcome } from '@/lib/domain/job/check-adopted';
import { isJobType, type JobType } from '@/lib/job-types/catalogue';
import { isParentTold, readForeignTree } from '@/lib/queue/foreign';
import { type Runtime, runDelivery } from './run-delivery';
import { untilDone } from './until-done';

/** What other clients put on our queues stays there for a day after its end, so that they can read how it ended. */
const KEEP = { age: 24 * 3600, count: 10_000 };
/** Holders that a delivery may lose before its row has begun: this many times is no accident of others any more. */
const MAX_LOST_HOLDERS = 3;
/** How long to wait before looking again at a row that is run elsewhere, or waits for children. */
const LOOK_AGAIN_MS = 500;

/** BullMQ 6 runs only what its job schedulers make again: the next of these would never come. */
const LEGACY_REPEAT =
  'The option “repeat” of BullMQ 5 is not carried out by BullMQ 6: this would have run once, and never again. Make a job scheduler instead (queue.upsertJobScheduler), and remove this one (queue.removeRepeatable).';

/** A scheduler's jobs are named after it; those of a legacy repeat after a hash of its key. */
const isLegacyRepeat = ({ id, repeatJobKey }: Job): boolean =>
  Boolean(repeatJobKey) && id?.startsWith('repeat:') === true && !id.startsWith(`repeat:${repeatJobKey}:`);

/** What a client put on a queue stays to be looked at when it has ended, as the client says or for a day. */
export function keepForClient(job: Job): void {
  job.opts.removeOnComplete ??= KEEP;
  job.opts.removeOnFail ??= KEEP;
}

/**
 * Runs a job that another BullMQ client put on our queue: adopted as a row, run like any other, and answered with what
 * the row became.
 * @throws AgainLater when the row waits for another attempt; UnrecoverableError when it failed
 */
export async function deliverForeign(
  runtime: Runtime,
  type: JobType,
  job: Job,
  token: string | undefined,
): Promise<unknown> {
  if (isLegacyRepeat(job)) throw new UnrecoverableError(LEGACY_REPEAT);
  if (!isJobType(type)) throw new UnrecoverableError(`Nothing can be put on the queue ${type}.`);
  if (job.stalledCounter >= MAX_LOST_HOLDERS) {
    const kills = await untilDone('give up', async () => failAsKilling(await findAdopted(keyOf(type, job))));
    if (kills) throw new UnrecoverableError(kills);
  }
  const { jobId, refused } = await untilDone('adopt', () => adopt(type, job));
  if (jobId === undefined) throw new UnrecoverableError(refused);
  await untilDone('retry', () => retryAsClientAsked(keyOf(type, job), job.stalledCounter));
  const wrong = await untilDone('check', () => checkAdopted(jobId));
  if (!wrong) {
    const progress = new ProgressForClient(job);
    await runDelivery({ ...runtime, onProgress: (reached) => progress.tell(reached) }, jobId, job.stalledCounter > 0);
    await progress.finish();
  }
  const row = await untilDone('outcome', () => readOutcome(jobId));
  if (row?.status === 'completed') {
    // Its policy may have let it go ahead of its children; BullMQ ends it only after them.
    if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
    await untilDone('answer', () => noteAnswer(keyOf(type, job), job.stalledCounter));
    return digitsAsText(row.result);
  }
  if (!row || row.status === 'failed' || row.status === 'cancelled') {
    // Without this BullMQ would let its parent wait for ever.
    if (job.parent && !isParentTold(job)) await job.removeChildDependency();
    await untilDone('answer', () => noteAnswer(keyOf(type, job), job.stalledCounter));
    throw new UnrecoverableError(row?.error?.message ?? (row ? 'It was cancelled.' : 'Its row was deleted.'));
  }
  // Another process holds it, or it runs in quarantine, or its children have not ended: the row will say.
  await job.moveToDelayed(Date.now() + LOOK_AGAIN_MS, token);
  throw new DelayedError();
}

/** How often its client hears how far a job is. */
const PROGRESS_EVERY_MS = 250;

/** Tells the client of a job how far it is: at most four times a second, and the last time before its end. */
class ProgressForClient {
  private told = 0;
  private latest: JobProgress | undefined;
  private telling: Promise<void> = Promise.resolve();

  constructor(private readonly job: Job) {}

  tell(reached: JobProgress): void {
    this.latest = reached;
    if (Date.now() - this.told >= PROGRESS_EVERY_MS) this.send();
  }

  finish(): Promise<void> {
    this.send();
    return this.telling;
  }

  private send(): void {
    if (!this.latest) return;
    const { current, total, message } = this.latest;
    this.latest = undefined;
    this.told = Date.now();
    this.telling = this.job.updateProgress({ current, total, message }).catch((error: unknown) => {
      logger.debug({ err: error, queueJobId: this.job.id }, 'the client of a job was not told its progress');
    });
  }
}

const keyOf = (queue: JobType, job: Job) => ({ queue, id: job.id ?? '', addedAt: job.timestamp });

/** What Postgres can't store, it will never store: the queue's job fails. Everything else is tried again. */
async function adopt(type: JobType, job: Job): Promise<{ jobId: string | undefined; refused?: string }> {
  const bytes = Buffer.byteLength(stringifyJson(job.data ?? null));
  if (bytes > MAX_DATA_BYTES) {
    return { jobId: undefined, refused: `Its data has ${bytes} bytes; a job may have at most ${MAX_DATA_BYTES}.` };
  }
  try {
    return { jobId: await adopted(type, job) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !/^2[23]/.test(code)) throw error;
    return { jobId: undefined, refused: `It can’t be stored: ${error instanceof Error ? error.message : code}` };
  }
}

async function adopted(type: JobType, job: Job): Promise<string> {
  const key = keyOf(type, job);
  for (let round = 0; round < 3; round += 1) {
    const known = await findAdopted(key);
    if (known) return known;
    // A tree that others adopted in part is no longer one: then the job stands for itself.
    const tree =
      round < 2
        ? await readForeignTree(type, job, MAX_FLOW_NODES)
        : [{ ...key, name: job.name, data: job.data, opts: job.opts, parent: null, outside: false }];
    await adoptTree(tree);
  }
  const known = await findAdopted(key);
  if (!known) throw new Error(`${type} ${job.id} could not be adopted`);
  return known;
}
