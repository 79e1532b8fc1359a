import type { Job } from 'bullmq';
import { env } from '@/lib/config/env';
import { whileRedisAnswers } from '@/lib/config/redis';
import { must } from '@/lib/contracts/must';
import { isJobType, type JobType } from '@/lib/job-types/catalogue';
import { isOwnDelivery } from '@/lib/queue/enqueue';
import { queueOf } from '@/lib/queue/queues';

/** A job that an external BullMQ client added to one of our queues. */
export interface ExternalJob {
  queue: JobType;
  id: string;
  /** milliseconds since 1970. A part of the key, because a queue may use an id again */
  addedAt: number;
  name: string;
  data: unknown;
  opts: Job['opts'];
  /** index of its parent in the list; null for a root */
  parent: number | null;
  /** it has children on queues that are not ours: no row represents them */
  outside: boolean;
}

/** The identity of an external job. */
export type ExternalJobKey = Pick<ExternalJob, 'queue' | 'id' | 'addedAt'>;

const externalJob = (queue: JobType, job: Job, parent: number | null, outside: boolean): ExternalJob => ({
  queue,
  id: must(job.id, 'The id of an external job'),
  addedAt: job.timestamp,
  name: job.name,
  data: job.data,
  opts: job.opts,
  parent,
  outside,
});

/**
 * Parses BullMQ's key of a job or a queue: `prefix:queue:id` on Redis, `queue:id` on Postgres.
 * @returns undefined if the queue is not ours
 */
function parseKey(key: string): { queue: JobType; id: string } | undefined {
  const prefix = `${env().QUEUE_PREFIX}:`;
  const inner = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  const at = inner.indexOf(':');
  const queue = at < 0 ? inner : inner.slice(0, at);
  return isJobType(queue) ? { queue, id: at < 0 ? '' : inner.slice(at + 1) } : undefined;
}

/**
 * Moves failed external jobs back to waiting, as `job.retry()` of a client does. Jobs that are gone, or whose id now
 * belongs to a newer job, stay unchanged. @throws if the queue is unavailable
 */
export async function retryExternalJobs(jobs: ExternalJobKey[]): Promise<void> {
  for (const { queue, id, addedAt } of jobs) {
    const job = await whileRedisAnswers(() => queueOf(queue).getJob(id));
    if (job?.timestamp === addedAt && (await job.isFailed())) await job.retry('failed');
  }
}

/** Maximum number of levels to search upward for the root of a tree. */
const MAX_LEVELS = 100;

/**
 * Reads the tree that an external job belongs to, as far as it is on our queues and has not ended: the root first,
 * parents before their children. A job without parent and children is a tree of one.
 * @param maxNodes a larger tree is not read, and the job is returned alone
 */
export async function readExternalTree(type: JobType, job: Job, maxNodes: number): Promise<ExternalJob[]> {
  const alone = [externalJob(type, job, null, await hasEndedChildren(job))];
  let root: { queue: JobType; job: Job } = { queue: type, job };
  for (let level = 0; root.job.parent && level < MAX_LEVELS; level += 1) {
    const up = parseKey(root.job.parent.queueKey);
    const parent = up && (await queueOf(up.queue).getJob(must(root.job.parent.id, 'The id of a parent in the queue')));
    if (!up || !parent || isOwnDelivery(parent)) break;
    root = { queue: up.queue, job: parent };
  }
  if (root.job === job) return alone;
  const nodes = [externalJob(root.queue, root.job, null, false)];
  const jobs = [root.job];
  for (const [i, node] of jobs.entries()) {
    const { unprocessed = [] } = await node.getDependencies();
    if (nodes.length + unprocessed.length > maxNodes) return alone;
    const children = await readChildrenInOrder(unprocessed);
    const parent = nodes[i];
    if (parent) parent.outside = unprocessed.some((key) => !parseKey(key)) || (await hasEndedChildren(node));
    for (const { queue, job: child } of children) {
      nodes.push(externalJob(queue, child, i, false));
      jobs.push(child);
    }
  }
  return nodes.some((n) => n.queue === type && n.id === job.id) ? nodes : alone;
}

/** Returns the children on our queues, first added first. BullMQ's set has no order, and timestamps may be equal. */
async function readChildrenInOrder(keys: string[]): Promise<{ queue: JobType; job: Job }[]> {
  const found: { queue: JobType; job: Job }[] = [];
  for (const key of keys) {
    const parsed = parseKey(key);
    const job = parsed && (await queueOf(parsed.queue).getJob(parsed.id));
    if (parsed && job && !isOwnDelivery(job)) found.push({ queue: parsed.queue, job });
  }
  const positions = new Map<JobType, Map<string, number>>();
  for (const { queue } of found) if (!positions.has(queue)) positions.set(queue, await queuePositions(queue));
  const position = ({ queue, job }: (typeof found)[number]) =>
    positions.get(queue)?.get(job.id ?? '') ?? Number.MAX_SAFE_INTEGER;
  return found.sort((a, b) => a.job.timestamp - b.job.timestamp || position(a) - position(b));
}

/** More than the children of one tree. A longer queue is read up to here only. */
const MAX_POSITIONS = 10_000;

/** Positions of jobs in a queue by id. Active jobs were in front of the waiting ones. */
async function queuePositions(queue: JobType): Promise<Map<string, number>> {
  const [active, waiting] = await Promise.all([
    queueOf(queue).getRanges(['active'], 0, MAX_POSITIONS, true),
    queueOf(queue).getRanges(['waiting', 'prioritized'], 0, MAX_POSITIONS, true),
  ]);
  return new Map([...active, ...waiting].map((id, i) => [id, i]));
}

/** Returns whether children of a job ended before it was adopted: they are on foreign queues and have no row. */
async function hasEndedChildren(job: Job): Promise<boolean> {
  const { processed = 0, failed = 0, ignored = 0 } = await job.getDependenciesCount();
  return processed + failed + ignored > 0;
}

/** Outcomes of children without a row. */
export interface OutsideChildren {
  /** results by `queue:id`, in the order of BullMQ */
  values: Record<string, unknown>;
  failures: Record<string, string>;
  /** keys of children that have not ended */
  open: string[];
}

/** Reads the children of a job that are on queues which are not ours: none if the queue has removed the job. */
export async function readOutsideChildren(queue: JobType, id: string): Promise<OutsideChildren> {
  const job = await queueOf(queue).getJob(id);
  if (!job) return { values: {}, failures: {}, open: [] };
  const [values, failures, { unprocessed = [] }] = await Promise.all([
    job.getChildrenValues(),
    job.getIgnoredChildrenFailures(),
    job.getDependencies(),
  ]);
  const outside = <T>(all: Record<string, T>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => !parseKey(key)));
  return {
    values: outside(values),
    failures: outside(failures),
    open: unprocessed.filter((key) => !parseKey(key)),
  };
}

/**
 * Returns whether BullMQ itself updates the parent when this job fails. It does not without one of these options, nor
 * if the client that added the job did not know the option.
 */
export function updatesParentOnFailure({ parent, opts }: Pick<Job, 'parent' | 'opts'>): boolean {
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
