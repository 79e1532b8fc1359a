import { DelayedError, type Job, UnrecoverableError, WaitingChildrenError } from 'bullmq';
import { logger } from '@/lib/config/logger';
import { MAX_FLOW_NODES } from '@/lib/contracts/flow';
import { type JobProgress, MAX_DATA_BYTES } from '@/lib/contracts/job';
import { digitsAsText, stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { retryForever } from '@/lib/db/retry-forever';
import { isJobType, type JobType } from '@/lib/job-types/catalogue';
import { adoptTree, findAdopted } from './adopt-job';
import { checkAdopted, failPoisonJob, markReported, readOutcome, retryAsClientAsked } from './adopted-outcome';
import { readExternalTree, updatesParentOnFailure } from './external-job';

/** External jobs stay in their queue for a day after their end, so that their clients can read how they ended. */
const KEEP = { age: 24 * 3600, count: 10_000 };
/** After its delivery stalled this often before its row could start, a job counts as a poison job. */
const MAX_STALLS = 3;
/** The pause before a row is read again that runs elsewhere or waits for children. */
const POLL_MS = 500;

/** BullMQ 6 repeats only jobs of job schedulers: there would be no second run of a job with this option. */
const LEGACY_REPEAT =
  'The option “repeat” of BullMQ 5 is not carried out by BullMQ 6: this would have run once, and never again. Make a job scheduler instead (queue.upsertJobScheduler), and remove this one (queue.removeRepeatable).';

/** The ids of a scheduler's jobs begin with its name; those of a legacy repeat begin with a hash of its key. */
const isLegacyRepeat = ({ id, repeatJobKey }: Job): boolean =>
  Boolean(repeatJobKey) && id?.startsWith('repeat:') === true && !id.startsWith(`repeat:${repeatJobKey}:`);

/** Keeps an external job in its queue after its end: as long as its client asked for, else for a day. */
export function keepForClient(job: Job): void {
  job.opts.removeOnComplete ??= KEEP;
  job.opts.removeOnFail ??= KEEP;
}

/** Runs the attempt of a row. */
type RunRow = (jobId: string, options: { redelivered: boolean; onProgress: (p: JobProgress) => void }) => Promise<void>;

/**
 * Runs an external job: adopts it as a row, runs the row like any other, and reports the row's outcome to the queue.
 * @param run runs one attempt of the row; its errors are rethrown
 * @returns the result, for BullMQ @throws UnrecoverableError if the job failed, DelayedError if it is to be delivered later
 */
export async function runAdopted(type: JobType, job: Job, token: string | undefined, run: RunRow): Promise<unknown> {
  if (isLegacyRepeat(job)) throw new UnrecoverableError(LEGACY_REPEAT);
  if (!isJobType(type)) throw new UnrecoverableError(`Nothing can be put on the queue ${type}.`);
  const key = keyOf(type, job);
  const stalls = job.stalledCounter;
  if (stalls >= MAX_STALLS) {
    const poison = await retryForever('Failing a poison job', async () => failPoisonJob(await findAdopted(key)));
    if (poison) throw new UnrecoverableError(poison);
  }
  const { jobId, refused } = await retryForever('Adopting a job', () => adopt(type, job));
  if (jobId === undefined) throw new UnrecoverableError(refused);
  await retryForever('Retrying an adopted job', () => retryAsClientAsked(key, stalls));
  const invalid = await retryForever('Checking an adopted job', () => checkAdopted(jobId));
  if (!invalid) {
    const progress = new ClientProgress(job);
    await run(jobId, { redelivered: stalls > 0, onProgress: (reached) => progress.report(reached) });
    await progress.finish();
  }
  const row = await retryForever('Reading an outcome', () => readOutcome(jobId));
  if (row?.status === 'completed') {
    // A failure policy may have let it run before its children ended; BullMQ can complete it only after them.
    if (await job.moveToWaitingChildren(must(token, 'The lock token of a delivery'))) throw new WaitingChildrenError();
    await retryForever('Marking an outcome as reported', () => markReported(key, stalls));
    return digitsAsText(row.result);
  }
  if (!row || row.status === 'failed' || row.status === 'cancelled') {
    // Without this BullMQ would let its parent wait forever.
    if (job.parent && !updatesParentOnFailure(job)) await job.removeChildDependency();
    await retryForever('Marking an outcome as reported', () => markReported(key, stalls));
    throw new UnrecoverableError(row?.error?.message ?? (row ? 'It was cancelled.' : 'Its row was deleted.'));
  }
  // The row runs in another process or in quarantine, or its children have not ended: it is read again later.
  await job.moveToDelayed(Date.now() + POLL_MS, token);
  throw new DelayedError();
}

const PROGRESS_EVERY_MS = 250;

/** Reports progress to the client of a job: at most four times a second, and the last value before its end. */
class ClientProgress {
  private sentAt = 0;
  private latest: JobProgress | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(private readonly job: Job) {}

  report(reached: JobProgress): void {
    this.latest = reached;
    if (Date.now() - this.sentAt >= PROGRESS_EVERY_MS) this.send();
  }

  finish(): Promise<void> {
    this.send();
    return this.sending;
  }

  private send(): void {
    if (!this.latest) return;
    const { current, total, message } = this.latest;
    this.latest = undefined;
    this.sentAt = Date.now();
    this.sending = this.job.updateProgress({ current, total, message }).catch((error: unknown) => {
      logger.debug(
        { err: error, queueJobId: this.job.id },
        'The progress of an external job was not sent to its client.',
      );
    });
  }
}

const keyOf = (queue: JobType, job: Job) => ({
  queue,
  id: must(job.id, 'The id of an adopted job'),
  addedAt: job.timestamp,
});

/** Adopts a job. Data that Postgres can never store fails the job in its queue; other errors are retried. */
async function adopt(type: JobType, job: Job): Promise<{ jobId: string | undefined; refused?: string }> {
  const bytes = Buffer.byteLength(stringifyJson(job.data ?? null));
  if (bytes > MAX_DATA_BYTES) {
    return { jobId: undefined, refused: `Its data has ${bytes} bytes; a job may have at most ${MAX_DATA_BYTES}.` };
  }
  try {
    return { jobId: await adoptedRow(type, job) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !/^2[23]/.test(code)) throw error;
    return { jobId: undefined, refused: `It can’t be stored: ${error instanceof Error ? error.message : code}` };
  }
}

/** Finds or creates the row of an external job. @returns the row's id */
async function adoptedRow(type: JobType, job: Job): Promise<string> {
  const key = keyOf(type, job);
  for (let round = 0; round < 3; round += 1) {
    const known = await findAdopted(key);
    if (known) return known;
    // If other consumers adopted a part of the tree, it is no longer one: the job is then adopted alone.
    const tree =
      round < 2
        ? await readExternalTree(type, job, MAX_FLOW_NODES)
        : [{ ...key, name: job.name, data: job.data, opts: job.opts, parent: null, outside: false }];
    await adoptTree(tree);
  }
  const known = await findAdopted(key);
  if (!known) throw new Error(`${type} ${job.id} could not be adopted`);
  return known;
}
