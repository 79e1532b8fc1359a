import type { Backoff } from '@/lib/contracts/job';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { SEQ_UNASSIGNED } from '@/lib/domain/batch/delayed-children';
import { isPaused } from '@/lib/domain/pause/paused';
import type { JobType } from '@/lib/job-types/catalogue';

/** A delivery that a consumer took from the queue. */
export interface ClaimRequest {
  id: string;
  /** the queue delivers it again because the lock of an earlier holder expired */
  redelivered: boolean;
}

/** The right to run one attempt (a lease): its input, and the fencing token `attempt` that its outcome must carry. */
export interface Claim {
  id: string;
  organization_id: string;
  type: JobType;
  batch_id: string | null;
  data: unknown;
  attempt: number;
  attempts_made: number;
  max_attempts: number;
  backoff: Backoff | null;
  correlation_id: string | null;
  flow_id: string | null;
  /** number of its last delivery; 0 also if it was claimed without one */
  delivery: number;
}

/** A delivery may be this much too early: the queue rounds to milliseconds, and clocks differ by a few. */
const EARLY_MS = 50;

/** The batch of `j` is in this index if some of its rows may not start. It is small, so the check is cheap for other rows. */
const LIMITED = sql`(b.paused or b.slot_freed or b.checks_order)`;

/** A row that waits in the dispatch order: a delivery of it is left from before its options changed. One without a message may run. */
const WAITS_IN_ORDER = sql`(coalesce(j.seq, j.item_index + 1) > d.cursor
    and (j.seq is distinct from ${sql.literal(SEQ_UNASSIGNED)} or j.status = 'delayed'))`;

/**
 * Condition of a row `j`: it is due, its organization is not paused, and its batch is neither paused nor without a slot. In a batch without a slot, only
 * rows that never needed one may run.
 */
const MAY_START = sql`(j.run_at is null or j.run_at <= clock_timestamp() + make_interval(secs => ${sql.literal(EARLY_MS / 1000)}))
  and not ${isPaused(sql`j.organization_id`)}
  and not exists (select from batch b where b.id = j.batch_id and ${LIMITED}
    and (b.paused or (select (b.slot_freed and not d.loose) or (b.checks_order and ${WAITS_IN_ORDER})
      from batch_dispatch d where d.batch_id = b.id)))`;

/**
 * Claims many deliveries in one statement. A row that has ended, that a live consumer runs or prefetched, or that belongs
 * in quarantine is not claimed: its delivery is a duplicate and is dropped. Rows of a batch that is paused or without a slot
 * are not claimed either: they are delivered again when the batch continues. For early deliveries see `findEarly`.
 * @param consumer `quarantine`: it runs suspects, and only them
 */
export async function claimJobs(
  { consumerId, quarantine }: { consumerId: number; quarantine: boolean },
  requests: ClaimRequest[],
): Promise<Claim[]> {
  const { rows } = await retrying(() =>
    pool().query<Claim>(
      sql`update job j set status = 'active', attempt = j.attempt + 1, consumer_id = ${consumerId}, started_at = clock_timestamp(),
          run_at = null, waiting_since = coalesce(j.run_at, j.waiting_since), crashes = j.crashes + case when j.status = 'active' then 1 else 0 end
        from unnest(${requests.map((r) => r.id)}::uuid[], ${requests.map((r) => r.redelivered)}::bool[]) as c(id, redelivered)
        where j.id = c.id and j.quarantined = ${quarantine} and ${MAY_START}
          and (j.consumer_id is null or j.status = 'active')
          and (j.status in ('pending', 'delayed') or (j.status = 'active' and c.redelivered and j.crashes = 0
            -- its holder may only be slow: it may still finish a cancelled job, which must not start again
            and j.cancel_mode is null and (select b.cancel_mode from batch b where b.id = j.batch_id) is null))
        returning j.id, j.organization_id, j.type, j.batch_id, j.data, j.attempt, j.attempts_made, j.max_attempts,
          j.backoff, j.correlation_id, j.flow_id, j.delivery`.named('claim-jobs'),
    ),
  );
  return rows;
}

/**
 * Of rows that could not be claimed, returns those that are not due yet, with the milliseconds that are left. They were
 * delivered too early by a clock that differs from the database's.
 */
export async function findEarly(ids: string[], { quarantine }: { quarantine: boolean }): Promise<Map<string, number>> {
  const { rows } = await pool().query<{ id: string; ms: number }>(
    sql`select id, greatest(1, ceil(extract(epoch from run_at - clock_timestamp()) * 1000))::float8 as ms from job
     where id = any(${ids}::uuid[]) and status in ('pending', 'delayed') and quarantined = ${quarantine}
       and run_at > clock_timestamp() + make_interval(secs => ${EARLY_MS / 1000})`,
  );
  return new Map(rows.map((r) => [r.id, r.ms]));
}

/** Returns whether this attempt runs in quarantine. For work that only waits for others: it must not block the quarantine. */
export async function isQuarantined(jobId: string, attempt: number): Promise<boolean> {
  const { rowCount } = await pool().query(
    sql`select 1 from job where id = ${jobId} and attempt = ${attempt} and status = 'active' and quarantined`,
  );
  return rowCount === 1;
}
