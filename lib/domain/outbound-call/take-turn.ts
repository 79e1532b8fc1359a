import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';

interface TurnRequest {
  jobId: string;
  host: string;
  ratePerMinute: number;
}

/** Milliseconds. A turn that is further away is stored, and its job is deferred; for a nearer one the job waits. */
export const NEAR_MS = 8000;
/** Milliseconds. A stored turn that was missed by more is dropped, because late calls would come in bursts. */
const MISSED_MS = 1000;

/**
 * Takes a turn to call a host (rate limit). The turns of one organization are evenly spaced over all machines, in order
 * of request. A far turn is stored with the job's id, so that a repeated request returns the same turn.
 * @returns milliseconds until the turn
 */
export async function takeTurn(context: Context, { jobId, host, ratePerMinute }: TurnRequest): Promise<number> {
  const { rows } = await pool().query<{ wait: number }>(
    sql`with kept as (
       select due_at from outbound_call
        where job_id = ${jobId} and organization_id = ${context.organizationId} and host = ${host}
          and due_at > clock_timestamp() - make_interval(secs => ${MISSED_MS}::float8 / 1000)
     ), taken as (
       insert into outbound_pace as p (organization_id, host, next_at)
       select ${context.organizationId}, ${host}, clock_timestamp() + make_interval(secs => 60.0 / ${ratePerMinute}) where not exists (select from kept)
       on conflict (organization_id, host) do update
         set next_at = greatest(p.next_at, clock_timestamp()) + make_interval(secs => 60.0 / ${ratePerMinute})
       returning next_at - make_interval(secs => 60.0 / ${ratePerMinute}) as due_at
     ), due as (select due_at from kept union all select due_at from taken),
     keeping as (
       insert into outbound_call (job_id, organization_id, host, due_at)
       select ${jobId}, ${context.organizationId}, ${host}, due_at from due where due_at > clock_timestamp() + make_interval(secs => ${NEAR_MS}::float8 / 1000)
       on conflict (job_id) do update set host = excluded.host, due_at = excluded.due_at, leased_until = null
     )
     select greatest(0, extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as wait from due`,
  );
  return must(rows[0], 'The turn of a call').wait;
}
