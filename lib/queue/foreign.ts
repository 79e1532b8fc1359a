import type { Job } from 'bullmq';
import { env } from '@/lib/config/env';
import { whileRedisAnswers } from '@/lib/config/redis';
import { isJobType, type JobType } from '@/lib/job-types/catalogue';
import type { Delivery } from './backend';
import { queueOf } from './queues';

/** A job that another BullMQ client put on a queue of ours. */
export interface ForeignJob {
  queue: JobType;
  id: string;
  /** milliseconds since 1970: ids of a queue may begin anew */
  addedAt: number;
  name: string;
  data: unknown;
  opts: Job['opts'];
  /** place of its parent in the list; null for a root */
  parent: number | null;
  /** it has children on queues that are not ours: no row stands for them */
  outside: boolean;
}

/** Ours carry a row's id, and have it as their own id. */
export const isOwn = (job: { id?: string | undefined; data?: unknown }): job is { id: string; data: Delivery } => {
  const { jobId } = (job.data ?? {}) as { jobId?: unknown };
  return typeof jobId === 'string' && (job.id === jobId || job.id?.startsWith(`${jobId}.`) === true);
};

const foreign = (queue: JobType, job: Job, parent: number | null, outside: boolean): ForeignJob => ({
  queue,
  id: job.id ?? '',
  addedAt: job.timestamp,
  name: job.name,
  data: job.data,
  opts: job.opts,
  parent,
  outside,
});

/** `prefix:queue:id` on Redis, `queue:id` on Postgres. */
function place(key: string): { queue: JobType; id: string } | undefined {
  const prefix = `${env().QUEUE_PREFIX}:`;
  const inner = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  const at = inner.indexOf(':');
  const queue = at < 0 ? inner : inner.slice(0, at);
  return isJobType(queue) ? { queue, id: at < 0 ? '' : inner.slice(at + 1) } : undefined;
}

/**
 * Lets jobs that other clients added leave the failed ones of their queues, as `job.retry()` of a client does. Those that
 * are gone, or are there anew under the same id, are left alone.
 */
export async function retryForeign(jobs: Pick<ForeignJob, 'queue' | 'id' | 'addedAt'>[]): Promise<void> {
  for (const { queue, id, addedAt } of jobs) {
    const job = await whileRedisAnswers(() => queueOf(queue).getJob(id));
    if (job?.timestamp === addedAt && (await job.isFailed())) await job.retry('failed');
  }
}

/** How many levels up a root is looked for. */
const MAX_LEVELS = 100;

/**
 * The tree that a foreign job is part of, so far as it is on our queues and has not ended: the root first, parents
 * before their children. A job of its own is a tree of one.
 * @param most nodes at most; a larger tree is not read, and the job stands for itself
 */
export async function readForeignTree(type: JobType, job: Job, most: number): Promise<ForeignJob[]> {
  const alone = [foreign(type, job, null, await hasEndedChildren(job))];
  let root: { queue: JobType; job: Job } = { queue: type, job };
  for (let level = 0; root.job.parent && level < MAX_LEVELS; level += 1) {
    const up = place(root.job.parent.queueKey);
    const parent = up && (await queueOf(up.queue).getJob(root.job.parent.id ?? ''));
    if (!up || !parent || isOwn(parent)) break;
    root = { queue: up.queue, job: parent };
  }
  if (root.job === job) return alone;
  const nodes = [foreign(root.queue, root.job, null, false)];
  const jobs = [root.job];
  for (let i = 0; i < jobs.length; i += 1) {
    const { unprocessed = [] } = (await jobs[i]?.getDependencies()) ?? {};
    if (nodes.length + unprocessed.length > most) return alone;
    const children = await inOrder(unprocessed);
    const parent = nodes[i];
    if (parent && unprocessed.some((key) => !place(key))) parent.outside = true;
    for (const { queue, job: child } of children) {
      nodes.push(foreign(queue, child, i, false));
      jobs.push(child);
    }
  }
  return nodes.some((n) => n.queue === type && n.id === job.id) ? nodes : alone;
}

/** The children on our queues, as they were added: a set knows no order, and they may all be of one millisecond. */
async function inOrder(keys: string[]): Promise<{ queue: JobType; job: Job }[]> {
  const found: { queue: JobType; job: Job }[] = [];
  for (const key of keys) {
    const at = place(key);
    const job = at && (await queueOf(at.queue).getJob(at.id));
    if (at && job && !isOwn(job)) found.push({ queue: at.queue, job });
  }
  const lines = new Map<JobType, Map<string, number>>();
  for (const { queue } of found) if (!lines.has(queue)) lines.set(queue, await lineOf(queue));
  const rank = ({ queue, job }: (typeof found)[number]) =>
    lines.get(queue)?.get(job.id ?? '') ?? Number.MAX_SAFE_INTEGER;
  return found.sort((a, b) => a.job.timestamp - b.job.timestamp || rank(a) - rank(b));
}

/** More than a tree has children at once; a longer line is not looked through. */
const LINE = 10_000;

/** Where jobs stand in a queue: what was taken stood before what waits. */
async function lineOf(queue: JobType): Promise<Map<string, number>> {
  const [taken, waiting] = await Promise.all([
    queueOf(queue).getRanges(['active'], 0, LINE, true),
    queueOf(queue).getRanges(['waiting', 'prioritized'], 0, LINE, true),
  ]);
  return new Map([...taken, ...waiting].map((id, i) => [id, i]));
}

/** Whether children of it have ended: of a job that is adopted alone they are on queues that are not ours. */
async function hasEndedChildren(job: Job): Promise<boolean> {
  const { processed = 0, failed = 0, ignored = 0 } = await job.getDependenciesCount();
  return processed + failed + ignored > 0;
}

/** What became of children that no row stands for. */
export interface OutsideChildren {
  /** by `queue:id`, in the order of BullMQ */
  values: Record<string, unknown>;
  failures: Record<string, string>;
  /** some have not ended */
  open: string[];
}

/** Reads the children of a job that are on queues which are not ours. The queue may have forgotten the job. */
export async function outsideChildren(queue: JobType, id: string): Promise<OutsideChildren> {
  const job = await queueOf(queue).getJob(id);
  if (!job) return { values: {}, failures: {}, open: [] };
  const [values, failures, { unprocessed = [] }] = await Promise.all([
    job.getChildrenValues(),
    job.getIgnoredChildrenFailures(),
    job.getDependencies(),
  ]);
  const theirs = <T>(all: Record<string, T>) => Object.fromEntries(Object.entries(all).filter(([key]) => !place(key)));
  return { values: theirs(values), failures: theirs(failures), open: unprocessed.filter((key) => !place(key)) };
}

/**
 * Whether BullMQ itself does something about the parent of a job that fails. Of one without an option it does not; nor
 * where the client that added it did not know the option.
 */
export function isParentTold({ parent, opts }: Pick<Job, 'parent' | 'opts'>): boolean {
  if (env().REDIS_URL) {
    const flags = (parent ?? {}) as Record<string, unknown>;
    return ['fpof', 'cpof', 'idof', 'rdof'].some((flag) => flags[flag]);
  }
  return Boolean(
    opts.failParentOnFailure ||
      opts.continueParentOnFailure ||
      opts.ignoreDependencyOnFailure ||
      opts.removeDependencyOnFailure,
  );
}
