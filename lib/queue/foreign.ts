import type { Job } from 'bullmq';
import { env } from '@/lib/config/env';
import { isJobType, type JobType } from '@/lib/job-types';
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
}

/** Ours carry a row's id, and have it as their own id. */
export const isOwn = (job: { id?: string | undefined; data?: unknown }): job is { id: string; data: Delivery } => {
  const { jobId } = (job.data ?? {}) as { jobId?: unknown };
  return typeof jobId === 'string' && (job.id === jobId || job.id?.startsWith(`${jobId}.`) === true);
};

const foreign = (queue: JobType, job: Job, parent: number | null): ForeignJob => ({
  queue,
  id: job.id ?? '',
  addedAt: job.timestamp,
  name: job.name,
  data: job.data,
  opts: job.opts,
  parent,
});

/** `prefix:queue:id` on Redis, `queue:id` on Postgres. */
function place(key: string): { queue: JobType; id: string } | undefined {
  const prefix = `${env().QUEUE_PREFIX}:`;
  const inner = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  const at = inner.indexOf(':');
  const queue = at < 0 ? inner : inner.slice(0, at);
  return isJobType(queue) ? { queue, id: at < 0 ? '' : inner.slice(at + 1) } : undefined;
}

/** How many levels up a root is looked for. */
const MAX_LEVELS = 100;

/**
 * The tree that a foreign job is part of, so far as it is on our queues and has not ended: the root first, parents
 * before their children. A job of its own is a tree of one.
 * @param most nodes at most; a larger tree is not read, and the job stands for itself
 */
export async function readForeignTree(type: JobType, job: Job, most: number): Promise<ForeignJob[]> {
  const alone = [foreign(type, job, null)];
  let root: { queue: JobType; job: Job } = { queue: type, job };
  for (let level = 0; root.job.parent && level < MAX_LEVELS; level += 1) {
    const up = place(root.job.parent.queueKey);
    const parent = up && (await queueOf(up.queue).getJob(root.job.parent.id ?? ''));
    if (!up || !parent || isOwn(parent)) break;
    root = { queue: up.queue, job: parent };
  }
  if (root.job === job) return alone;
  const nodes = [foreign(root.queue, root.job, null)];
  const jobs = [root.job];
  for (let i = 0; i < jobs.length; i += 1) {
    const { unprocessed = [] } = (await jobs[i]?.getDependencies()) ?? {};
    if (nodes.length + unprocessed.length > most) return alone;
    for (const key of unprocessed) {
      const at = place(key);
      const child = at && (await queueOf(at.queue).getJob(at.id));
      if (!at || !child || isOwn(child)) continue;
      nodes.push(foreign(at.queue, child, i));
      jobs.push(child);
    }
  }
  return nodes.some((n) => n.queue === type && n.id === job.id) ? nodes : alone;
}
