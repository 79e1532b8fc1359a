import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import {
  endedAmong,
  type FollowedChanges,
  listHeldElsewhere,
  markFollowed,
  putBack,
  recordFollowed,
  recordForced,
} from '@/lib/domain/job/follow-jobs';
import { FOLLOWED_TYPES, type JobType } from '@/lib/job-types/catalogue';
import { listFollowed } from '@/lib/queue/followed';
import { findMissing } from '@/lib/queue/inspect';
import type { Changes } from './changes';

const PAGE = 500;
/** A worker with our library claims its row itself, within milliseconds; what is taken for longer is somebody else's. */
const TAKEN_MS = 1500;
/** The costlier looks happen every so many rounds. */
const EVERY = { waiting: 2, held: 5 };

/**
 * One round of following jobs that other clients' BullMQ workers do. The queue keeps what has ended until it was seen
 * here, so nothing depends on an event that may be lost, or on this process having lived at the time.
 */
export async function follow(round: number, changes: Changes): Promise<void> {
  for (const type of FOLLOWED_TYPES) {
    try {
      await followType(type, round, changes);
    } catch (error) {
      const level = isRedisAway(error) ? 'debug' : 'warn';
      logger[level]({ err: error, type }, 'jobs that other workers do could not be followed; the next round follows');
    }
  }
}

async function followType(type: JobType, round: number, changes: Changes): Promise<void> {
  for (const state of ['completed', 'failed'] as const) {
    for (let seen = await listFollowed(type, state, PAGE); seen.length > 0; ) {
      announce(await recordFollowed(seen), changes);
      await Promise.all(seen.map((s) => s.forget()));
      seen = seen.length < PAGE ? [] : await listFollowed(type, state, PAGE);
    }
  }
  const active = (await listFollowed(type, 'active', PAGE)).filter((s) => Date.now() - (s.startedAt ?? 0) > TAKEN_MS);
  const begun = await markFollowed(active);
  if (begun.length > 0) {
    changes.add({ type: 'started', jobs: begun.map((b) => ({ jobId: b.id, batchId: b.batchId, status: 'active' })) });
  }
  if (round % EVERY.waiting === 0) await forgetEnded(type);
  if (round % EVERY.held === 0) await findLost(type, changes);
}

/** Nobody should begin what was cancelled: no consumer of ours stands between the queue and the worker. */
async function forgetEnded(type: JobType): Promise<void> {
  const waiting = await listFollowed(type, 'waiting', PAGE);
  if (waiting.length === 0) return;
  const ended = await endedAmong(waiting.map((w) => w.rowId));
  await Promise.all(waiting.filter((w) => ended.has(w.rowId)).map((w) => w.forget()));
}

/** Rows that a worker holds by the book: those cancelled by force end, those that the queue has lost go back in line. */
async function findLost(type: JobType, changes: Changes): Promise<void> {
  const all = await listHeldElsewhere(type, PAGE);
  const forced = all.filter((h) => h.force);
  if (forced.length > 0) announce(await recordForced(forced), changes);
  const held = all.filter((h) => !h.force);
  if (held.length === 0) return;
  const missing = new Set(await findMissing(type, held));
  const back = await putBack(held.filter((h) => missing.has(h.id)));
  await deliverJobs(back);
}

function announce(recorded: FollowedChanges, changes: Changes): void {
  const jobs = recorded.changed.map((c) => ({ jobId: c.id, batchId: c.batchId, status: c.status }));
  const batches = Object.fromEntries(recorded.batches.map((b) => [b.id, b.changed]));
  changes.add({
    type: 'progress',
    batches,
    flows: recorded.flows,
    jobs: [...jobs, ...(recorded.settled?.changes ?? [])],
  });
  const done = recorded.batches.filter((b) => b.finished).map((b) => b.id);
  if (done.length > 0) changes.add({ type: 'done', batchIds: done });
}
