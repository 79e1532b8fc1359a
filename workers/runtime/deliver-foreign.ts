import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { MAX_FLOW_NODES } from '@/lib/contracts/flow';
import { digitsAsText } from '@/lib/contracts/json';
import { adoptTree, findAdopted } from '@/lib/domain/job/adopt-job';
import { checkAdopted, failAsKilling, readOutcome } from '@/lib/domain/job/check-adopted';
import { isJobType, type JobType } from '@/lib/job-types';
import { readForeignTree } from '@/lib/queue';
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
  job.opts.removeOnComplete ??= KEEP;
  job.opts.removeOnFail ??= KEEP;
  if (isLegacyRepeat(job)) throw new UnrecoverableError(LEGACY_REPEAT);
  if (!isJobType(type)) throw new UnrecoverableError(`Nothing can be put on the queue ${type}.`);
  if (job.stalledCounter >= MAX_LOST_HOLDERS) {
    const kills = await untilDone('give up', async () => failAsKilling(await findAdopted(keyOf(type, job))));
    if (kills) throw new UnrecoverableError(kills);
  }
  const { jobId, refused } = await untilDone('adopt', () => adopt(type, job));
  if (jobId === undefined) throw new UnrecoverableError(refused);
  const wrong = await untilDone('check', () => checkAdopted(jobId));
  if (wrong) throw new UnrecoverableError(wrong);
  await runDelivery(runtime, jobId, job.stalledCounter > 0);
  const row = await untilDone('outcome', () => readOutcome(jobId));
  if (row?.status === 'completed') return digitsAsText(row.result);
  if (!row || row.status === 'failed' || row.status === 'cancelled') {
    throw new UnrecoverableError(row?.error?.message ?? (row ? 'It was cancelled.' : 'Its row was deleted.'));
  }
  // Another process holds it, or it runs in quarantine, or its children have not ended: the row will say.
  await job.moveToDelayed(Date.now() + LOOK_AGAIN_MS, token);
  throw new DelayedError();
}

const keyOf = (queue: JobType, job: Job) => ({ queue, id: job.id ?? '', addedAt: job.timestamp });

/** What Postgres can't store, it will never store: the queue's job fails. Everything else is tried again. */
async function adopt(type: JobType, job: Job): Promise<{ jobId: string | undefined; refused?: string }> {
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
        : [{ ...key, name: job.name, data: job.data, opts: job.opts, parent: null }];
    await adoptTree(tree);
  }
  const known = await findAdopted(key);
  if (!known) throw new Error(`${type} ${job.id} could not be adopted`);
  return known;
}
