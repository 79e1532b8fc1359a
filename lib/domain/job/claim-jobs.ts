import type { Backoff } from '@/lib/contracts/job';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { HELD } from '@/lib/domain/capacity/slots';
import type { JobType } from '@/lib/job-types/catalogue';

/** A delivery that a consumer took from the queue. */
export interface ClaimRequest {
  id: string;
  /** the queue gave it again because the lock of an earlier holder ran out */
  redelivered: boolean;
}

/** The right to run one attempt: what it is given, and the fence that its outcome must carry. */
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
}

/** A delivery may come so much before its time: the queue counts in milliseconds, and clocks differ by a few. */
const EARLY_MS = 50;

/**
 * Of a row `j`: it is due, and its batch is not held back. The look goes to an index of such batches alone, so that it
 * costs an ordinary row next to nothing. A batch without a slot lets run what never needed one.
 */
const MAY_START = sql`(j.run_at is null or j.run_at <= clock_timestamp() + make_interval(secs => ${sql.literal(EARLY_MS / 1000)}))
  and not exists (select from batch b where b.id = j.batch_id and ${HELD}
    and (b.paused or not (select d.loose from batch_dispatch d where d.batch_id = b.id)))`;

/**
 * Claims many deliveries in one statement. A row that has ended, that a live consumer holds, or that is in
 * quarantine elsewhere gives no claim: its delivery was a duplicate and is dropped. So is that of a row whose batch is
 * paused or has no slot: it is delivered again when that goes on. One that came too early: `findEarly`.
 * @param quarantine whether this consumer runs suspects, and only them: their one place is not for others
 */
export async function claimJobs(consumerId: number, quarantine: boolean, requests: ClaimRequest[]): Promise<Claim[]> {
  const { rows } = await retrying(() =>
    pool().query<Claim>(
      sql`update job j set status = 'active', attempt = j.attempt + 1, consumer_id = ${consumerId}, started_at = clock_timestamp(),
          run_at = null, crashes = j.crashes + case when j.status = 'active' then 1 else 0 end
        from unnest(${requests.map((r) => r.id)}::uuid[], ${requests.map((r) => r.redelivered)}::bool[]) as c(id, redelivered)
        where j.id = c.id and j.quarantined = ${quarantine} and ${MAY_START}
          and (j.status in ('pending', 'delayed') or (j.status = 'active' and c.redelivered and j.crashes = 0
            -- its holder may only be slow: then it still ends what a cancel lets end, and nobody begins it anew
            and j.cancel_mode is null and (select b.cancel_mode from batch b where b.id = j.batch_id) is null))
        returning j.id, j.organization_id, j.type, j.batch_id, j.data, j.attempt, j.attempts_made, j.max_attempts,
          j.backoff, j.correlation_id, j.flow_id`.named('claim-jobs'),
    ),
  );
  return rows;
}

/**
 * Of rows that gave no claim those that are not due yet, with the milliseconds that are left: their delivery came by a
 * clock that differs from the database's.
 */
export async function findEarly(ids: string[], quarantine: boolean): Promise<Map<string, number>> {
  const { rows } = await pool().query<{ id: string; ms: number }>(
    sql`select id, greatest(1, ceil(extract(epoch from run_at - clock_timestamp()) * 1000))::float8 as ms from job
     where id = any(${ids}::uuid[]) and status in ('pending', 'delayed') and quarantined = ${quarantine}
       and run_at > clock_timestamp() + make_interval(secs => ${EARLY_MS / 1000})`,
  );
  return new Map(rows.map((r) => [r.id, r.ms]));
}
