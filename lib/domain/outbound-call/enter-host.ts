import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';

interface PermitRequest {
  jobId: string;
  host: string;
  /** the maximum number of concurrent calls, over all machines */
  concurrency: number;
  /** after this time the permit expires, whether the call ended or not */
  ttlMs: number;
}

/**
 * Takes one of the permits that limit an organization's concurrent calls of a host.
 * @returns whether a permit was free
 */
export function enterHost(context: Context, { jobId, host, concurrency, ttlMs }: PermitRequest): Promise<boolean> {
  return transaction(async ({ db }) => {
    await db.query(
      sql`select pg_advisory_xact_lock(hashtextextended(${`outbound_call:${context.organizationId}:${host}`}, 0))`,
    );
    const { rowCount } = await db.query(
      sql`insert into outbound_call (job_id, organization_id, host, leased_until)
       select ${jobId}, ${context.organizationId}, ${host}, clock_timestamp() + make_interval(secs => ${ttlMs}::float8 / 1000)
        where (select count(*) from outbound_call
                where organization_id = ${context.organizationId} and host = ${host} and job_id <> ${jobId} and leased_until > clock_timestamp()) < ${concurrency}
       on conflict (job_id) do update set host = excluded.host, due_at = null, leased_until = excluded.leased_until`,
    );
    return rowCount === 1;
  });
}

/** Releases the permit, or the turn, of a job. */
export async function leaveHost(context: Context, jobId: string): Promise<void> {
  await pool().query(
    sql`delete from outbound_call where job_id = ${jobId} and organization_id = ${context.organizationId}`,
  );
}

/** Deletes turns and permits that were not used, and hosts that were not called for a day. */
export async function forgetCalls(): Promise<void> {
  await pool().query(
    sql`delete from outbound_call
      where coalesce(greatest(due_at, leased_until), '-infinity') < now() - interval '10 minutes'`,
  );
  await pool().query(sql`delete from outbound_pace where next_at < now() - interval '1 day'`);
}
