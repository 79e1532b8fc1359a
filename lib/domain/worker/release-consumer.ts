import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { cancelWaiting } from '@/lib/domain/batch/cancel-waiting';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { type Recorded, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { traceElsewhere } from '@/lib/domain/monitoring/trace-elsewhere';
import { trackUpdates } from '@/lib/domain/monitoring/track';

/** `crashed`: it died by itself, what it held is suspect. `stopped`: it was ended, or its machine vanished. */
export type Ending = 'crashed' | 'stopped';

export interface Released extends Recorded {
  /** rows that go back to the queue */
  returned: { id: string; batchId: string | null }[];
  /** rows that killed a consumer twice and were failed */
  failed: { id: string; batchId: string | null }[];
}

interface Held {
  id: string;
  batch_id: string | null;
  flow_id: string | null;
  attempt: number;
  crashes: number;
  cancelling: boolean;
}

/** More than a consumer holds. */
const MAX_HELD = 10_000;

/** Deaths that a job may cause: one in company, one alone in quarantine. */
const MAX_CRASHES = 2;

/**
 * Puts back at once what a dead consumer held. After a crash all of it runs again in quarantine, one at a time, so
 * that the job that kills is found and its neighbors complete; the one that killed there too is failed as
 * `worker-crashed` and left for a manual retry. Safe to call twice.
 */
export async function releaseConsumer(consumerId: number, ending: Ending, detail: string): Promise<Released> {
  const released = await putBack(await heldBy(consumerId), ending, detail);
  // Last, so that a release that was cut short is found and done again by the sweep.
  await pool().query(
    sql`update consumer set ended_at = coalesce(ended_at, now()), ending = coalesce(ending, ${detail}) where id = ${consumerId}`,
  );
  return released;
}

/**
 * Puts back rows that are a live consumer's by the book but that it knows nothing of: the answer to its claim was
 * lost on the way. Rows that it claimed a moment ago are left alone.
 * @param held what the consumer does hold
 */
export const releaseForgotten = async (consumerId: number, held: string[]): Promise<Released> =>
  putBack(await heldBy(consumerId, held), 'stopped', 'forgotten');

/** An answer that takes longer than this has been lost. */
const FORGOTTEN_SECONDS = 10;

/** What a consumer holds by the book. @param known what it knows of: then only the rest, once claimed for a while */
async function heldBy(consumerId: number, known?: string[]): Promise<Held[]> {
  const { rows } = await pool().query<Held>(
    sql`select j.id, j.batch_id, j.flow_id, j.attempt, j.crashes, j.cancel_mode is not null or b.cancel_mode is not null as cancelling
     from in_flight j left join batch b on b.id = j.batch_id
     where j.status = 'active' and j.consumer_id = ${consumerId} and (${known ?? null}::uuid[] is null
       or (j.id <> all(${known ?? null}::uuid[]) and j.started_at < now() - make_interval(secs => ${FORGOTTEN_SECONDS})))`,
  );
  return rows;
}

async function putBack(held: Held[], ending: Ending, detail: string): Promise<Released> {
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
  const { rows: returned } = await pool().query<{ id: string; batchId: string | null }>(
    sql`with back as (
       update job j set status = 'pending', consumer_id = null, delivery = greatest(j.attempt, j.delivery + 1), started_at = null,
         crashes = j.crashes + ${crashed ? 1 : 0}, quarantined = ${crashed ? 1 : 0} > 0
       from unnest(${back.map((h) => h.id)}::uuid[], ${back.map((h) => h.attempt)}::int[]) as h(id, attempt)
       where j.id = h.id and j.attempt = h.attempt and j.status = 'active'
       returning j.id, j.batch_id, j.attempt
     ), noted as (
       insert into attempt (job_id, attempt, outcome, started_at, finished_at, error)
       select b.id, b.attempt, 'crashed', j.started_at, now(), ${JSON.stringify(error)}::json from back b join job j on j.id = b.id
       where ${crashed ? 1 : 0} > 0 and j.started_at is not null on conflict do nothing
     )
     select id, batch_id as "batchId" from back`,
  );
  await keepCancels(returned.flatMap((r) => r.batchId ?? []));
  await deliverJobs(returned.map((r) => r.id));
  return { ...recorded, returned, failed: failed.map((h) => ({ id: h.id, batchId: h.batch_id })) };
}

/** A cancel that was acknowledged while these rows went back saw them running: it is carried out before they start. */
async function keepCancels(batchIds: string[]): Promise<void> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from batch where id = any(${[...new Set(batchIds)]}::uuid[]) and cancel_mode is not null and finished_at is null`,
  );
  for (const { id } of rows) await cancelWaiting(id, MAX_HELD);
}
