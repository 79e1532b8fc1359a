import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { countProcesses } from '@/lib/domain/worker/nodes';

/** Seconds between two measurements, over all supervisors. */
const EVERY_SECONDS = 8;

/** SQL of the rows organization_id, type, n: how many jobs wait. Drafts, which nobody started, do not wait. */
const waiting = (ofOrganization: Sql): Sql => sql`
  select organization_id, type, greatest(0, sum(n))::bigint as n from (
    select organization_id, type, (total - completed - failed - cancelled)::bigint as n from batch
    where status in ('pending', 'in-progress') and (status = 'in-progress' or queued_at is not null) and ${ofOrganization}
    union all
    select organization_id, type, total - completed - failed - cancelled from job_tally where ${ofOrganization}
    union all
    select organization_id, type, -count(*) from in_flight where status = 'active' and ${ofOrganization} group by 1, 2) parts
  group by 1, 2`;

/**
 * Measures how many jobs wait, by organization and type, and how many consumers live, and keeps the highest of each minute,
 * hour and day. Any number of machines may call it; one of them measures.
 */
export async function measureDepth(): Promise<void> {
  const workers = await countProcesses();
  await pool().query(
    sql`with due as (
       insert into worker_history as w (step, at, workers, measured_at)
       select s.step, date_trunc(s.step, now(), 'UTC'), ${workers}::int, now()
       from (values ('day'), ('hour'), ('minute')) s (step)
       on conflict (step, at) do update set workers = greatest(w.workers, excluded.workers), measured_at = excluded.measured_at
         where w.measured_at < now() - make_interval(secs => ${EVERY_SECONDS})
       returning 1
     )
     insert into history as h (organization_id, step, type, at, queued)
     select w.organization_id, s.step, k.type, date_trunc(s.step, now(), 'UTC'), sum(w.n)::bigint
     from (${waiting(sql`exists (select from due)`)}) w
       cross join (values ('minute'), ('hour'), ('day')) s (step) cross join lateral (values (w.type), ('')) k (type)
     where w.n > 0 and exists (select from organization o where o.id = w.organization_id)
     group by 1, 2, 3 order by 1, 2, 3
     on conflict (organization_id, step, type, at) do update set queued = greatest(h.queued, excluded.queued)`,
  );
}

/** Measures for one organization now. @param type a job type; without one, all together */
export async function readDepth(
  organizationId: string,
  type: string | undefined,
): Promise<{ queued: number; workers: number }> {
  const [{ rows }, workers] = await Promise.all([
    pool().query<{ queued: number }>(
      sql`select coalesce(sum(n), 0)::float8 as queued from (${waiting(sql`organization_id = ${organizationId}`)}) w
       where ${type ?? null}::text is null or type = ${type ?? null}`,
    ),
    countProcesses(),
  ]);
  return { queued: rows[0]?.queued ?? 0, workers };
}
