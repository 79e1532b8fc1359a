import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { cancelWaiting } from '@/lib/domain/batch/cancel-waiting';
import { IS_PREFETCHED, returnPrefetched } from '@/lib/domain/batch/prefetched';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { READY_AT, RECORD_RETURNED } from '@/lib/domain/history/record-history';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { type Recorded, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { traceElsewhere } from '@/lib/domain/monitoring/trace-elsewhere';
import { trackUpdates } from '@/lib/domain/monitoring/track';

/** `crashed`: it died unexpectedly, so its jobs are suspects. `stopped`: it was stopped, or its machine is lost. */
export type Ending = 'crashed' | 'stopped';

export interface Released extends Recorded {
  /** rows that were requeued */
  requeued: { id: string; batchId: string | null }[];
  /** poison jobs: they crashed a consumer twice and were failed */
  failed: { id: string; batchId: string | null }[];
}

interface HeldRow {
  id: string;
  batch_id: string | null;
  flow_id: string | null;
  attempt: number;
  crashes: number;
  cancelling: boolean;
  prefetched: boolean;
}

/** A limit above the number of rows that one consumer holds. */
const MAX_HELD = 10_000;

/**
 * With this crash a job fails. Another job may have caused the first crash, but the second one happened alone in
 * quarantine.
 */
const MAX_CRASHES = 2;

/**
 * Requeues the rows of a dead consumer. After a crash they run one at a time in quarantine, which isolates the poison
 * job. A job that crashes its process there fails as `worker-crashed` and can be retried manually. Idempotent.
 */
export async function releaseConsumer(consumerId: number, ending: Ending, detail: string): Promise<Released> {
  const released = await requeue(consumerId, await listHeld(consumerId), ending, detail);
  // Last, so that the sweep finds and repeats a release that was interrupted.
  await pool().query(
    sql`update consumer set ended_at = coalesce(ended_at, now()), ending = coalesce(ending, ${detail}) where id = ${consumerId}`,
  );
  return released;
}

/**
 * Requeues rows that the database assigns to a live consumer which is not running them: its claim response was lost. It
 * skips rows that were claimed a moment ago.
 * @param running the rows that the consumer runs
 */
export const requeueLostClaims = async (consumerId: number, running: string[]): Promise<Released> =>
  requeue(consumerId, await listHeld(consumerId, running), 'stopped', 'forgotten');

/** Seconds after which a missing claim response counts as lost. */
const LOST_SECONDS = 10;

/**
 * Lists the rows that the database assigns to a consumer.
 * @param known ids to leave out; rows that were claimed a moment ago are then left out too
 */
async function listHeld(consumerId: number, known?: string[]): Promise<HeldRow[]> {
  const { rows } = await pool().query<HeldRow>(
    sql`select j.id, j.batch_id, j.flow_id, j.attempt, j.crashes, j.cancel_mode is not null or b.cancel_mode is not null as cancelling,
       ${IS_PREFETCHED} as prefetched
     from in_flight j left join batch b on b.id = j.batch_id
     where j.status in ('active', 'pending') and j.consumer_id = ${consumerId} and (${known ?? null}::uuid[] is null
       or (j.id <> all(${known ?? null}::uuid[]) and coalesce(j.run_at, j.started_at) < now() - make_interval(secs => ${LOST_SECONDS})))`,
  );
  return rows;
}

async function requeue(consumerId: number, rows: HeldRow[], ending: Ending, detail: string): Promise<Released> {
  await giveBack(
    consumerId,
    rows.filter((row) => row.prefetched),
  );
  return requeueStarted(
    consumerId,
    rows.filter((row) => !row.prefetched),
    ending,
    detail,
  );
}

/**
 * Returns the prefetched rows of a consumer. If it crashed it may have started one that it did not report yet. That one
 * runs again among the others, and at the end of the order: there its next crash is counted.
 */
async function giveBack(consumerId: number, rows: HeldRow[]): Promise<void> {
  for (const batchId of new Set(rows.flatMap((row) => row.batch_id ?? []))) {
    await returnPrefetched(
      consumerId,
      batchId,
      rows.filter((row) => row.batch_id === batchId).map((row) => row.id),
    );
  }
}

async function requeueStarted(consumerId: number, held: HeldRow[], ending: Ending, detail: string): Promise<Released> {
  if (held.length === 0) return { changed: [], batches: [], requeued: [], failed: [] };
  const error = { message: `The worker process died while it ran this item (${detail}).`, code: 'worker-crashed' };
  const crashed = ending === 'crashed';
  if (crashed) await traceElsewhere(held.map(({ id }) => ({ id, outcome: 'crashed', error })));
  const cancelled = held.filter((h) => h.cancelling);
  const failed = held.filter((h) => !h.cancelling && crashed && h.crashes + 1 >= MAX_CRASHES);
  const back = held.filter((h) => !cancelled.includes(h) && !failed.includes(h));

  const recorded = await recordOutcomes([
    ...cancelled.map((h) => ({ id: h.id, batchId: h.batch_id, attempt: h.attempt, kind: 'cancelled' as const, error })),
    ...failed.map((h) => ({ id: h.id, batchId: h.batch_id, attempt: h.attempt, kind: 'failed' as const, error })),
  ]);
  const nodes = [...cancelled, ...failed].filter((h) => h.flow_id);
  if (nodes.length > 0) {
    await advanceFlows(
      nodes.map((h) => h.id),
      nodes.flatMap((h) => h.flow_id ?? []),
    );
  }
  trackUpdates(recorded.changed, recorded.batches);
  const { rows: requeued } = await pool().query<{ id: string; batchId: string | null }>(
    sql`with back as (
       update job j set status = 'pending', consumer_id = null, delivery = greatest(j.attempt, j.delivery + 1), started_at = null,
         waiting_since = clock_timestamp(), crashes = j.crashes + ${crashed ? 1 : 0}::int, quarantined = ${crashed}
       from unnest(${back.map((h) => h.id)}::uuid[], ${back.map((h) => h.attempt)}::int[]) as h(id, attempt)
       where j.id = h.id and j.attempt = h.attempt and j.status = 'active'
       returning j.id, j.batch_id, j.attempt
     ), noted as (
       insert into attempt (job_id, attempt, outcome, started_at, finished_at, error, consumer_id)
       select b.id, b.attempt, 'crashed', j.started_at, now(), ${JSON.stringify(error)}::json, ${consumerId}::int from back b join job j on j.id = b.id
       where ${crashed} and j.started_at is not null on conflict do nothing
     ), returned as (
       -- The rows as they were before.
       select j.organization_id, j.type, j.started_at, ${READY_AT} as ready_at, ${crashed}::bool as crashed
       from back r join job j on j.id = r.id left join batch b on b.id = j.batch_id
     ), history as (${RECORD_RETURNED})
     select id, batch_id as "batchId" from back`,
  );
  await repeatCancels(requeued.flatMap((r) => r.batchId ?? []));
  await deliverJobs(requeued.map((r) => r.id));
  return { ...recorded, requeued, failed: failed.map((h) => ({ id: h.id, batchId: h.batch_id })) };
}

/** Repeats the cancel of requeued rows before they start: when the cancel was acknowledged, they were still running. */
async function repeatCancels(batchIds: string[]): Promise<void> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from batch where id = any(${[...new Set(batchIds)]}::uuid[]) and cancel_mode is not null and finished_at is null`,
  );
  for (const { id } of rows) await cancelWaiting(id, MAX_HELD);
}
