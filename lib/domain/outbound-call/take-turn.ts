import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';

interface Asked {
  jobId: string;
  host: string;
  ratePerMinute: number;
}

/** A turn further away than this is kept for the job, which comes back for it; a nearer one is waited for. */
export const NEAR_MS = 8000;
/** A kept turn that was missed by more would make calls bunch up: it is lost. */
const MISSED_MS = 1000;

/**
 * A turn to call a host: turns of one organization are evenly spaced over all machines, first come, first served.
 * One that is far away is kept under the job's id, so that asking again later gives the same turn.
 * @returns milliseconds until it
 */
export async function takeTurn(context: Context, { jobId, host, ratePerMinute }: Asked): Promise<number> {
  const { rows } = await pool().query<{ wait: number }>(
    `with kept as (
       select due_at from outbound_call
        where job_id = $1 and organization_id = $2 and host = $3
          and due_at > clock_timestamp() - make_interval(secs => $6::float8 / 1000)
     ), taken as (
       insert into outbound_pace as p (organization_id, host, next_at)
       select $2, $3, clock_timestamp() + make_interval(secs => 60.0 / $4) where not exists (select from kept)
       on conflict (organization_id, host) do update
         set next_at = greatest(p.next_at, clock_timestamp()) + make_interval(secs => 60.0 / $4)
       returning next_at - make_interval(secs => 60.0 / $4) as due_at
     ), due as (select due_at from kept union all select due_at from taken),
     keeping as (
       insert into outbound_call (job_id, organization_id, host, due_at)
       select $1, $2, $3, due_at from due where due_at > clock_timestamp() + make_interval(secs => $5::float8 / 1000)
       on conflict (job_id) do update set host = excluded.host, due_at = excluded.due_at, leased_until = null
     )
     select greatest(0, extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as wait from due`,
    [jobId, context.organizationId, host, ratePerMinute, NEAR_MS, MISSED_MS],
  );
  return rows[0]?.wait ?? 0;
}
