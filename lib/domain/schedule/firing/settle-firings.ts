import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { insertEntries } from '@/lib/domain/audit';
import { systemContext } from '@/lib/domain/context';

/** Firings whose end one statement records. */
const MOST = 1000;

/** SQL: the status with which the run of firing `f` ended; null while it runs. What was deleted has ended too. */
export const OUTCOME = sql`case
  when f.batch_id is not null then coalesce((select case when b.finished_at is not null then b.status end from batch b where b.id = f.batch_id),
    case when not exists (select from batch b where b.id = f.batch_id) then 'deleted' end)
  when f.job_id is not null then coalesce((select case when j.outcome is not null then j.status end from job j where j.id = f.job_id),
    case when not exists (select from job j where j.id = f.job_id) then 'deleted' end)
  else coalesce((select case when w.finished_at is not null then w.status end from flow w where w.id = f.flow_id),
    case when not exists (select from flow w where w.id = f.flow_id) then 'deleted' end) end`;

/**
 * Records how launched runs ended, and pauses schedules that failed too often. It waits for nobody: what another process
 * holds is recorded by that process or by the next round.
 * @param which an SQL condition on `schedule_firing f`
 * @returns how many runs ended
 */
export async function settleFirings(db: Queryable = pool(), which: Sql = sql`true`): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    sql`with ended as (
       select f.schedule_id, f.due_at, o.outcome from schedule_firing f cross join lateral (select ${OUTCOME} as outcome offset 0) o
       where f.status = 'launched' and f.outcome is null and o.outcome is not null and (${which})
       limit ${MOST} for update of f skip locked)
     update schedule_firing f set outcome = e.outcome from ended e
     where f.schedule_id = e.schedule_id and f.due_at = e.due_at
     returning f.schedule_id as id`,
  );
  await pauseFailing(db, [...new Set(rows.map(({ id }) => id))]);
  return rows.length;
}

/**
 * Pauses those of the schedules whose last firings all failed, as many as they allow. A firing that is just being launched
 * stays locked for as long as that takes, and goes on.
 */
export async function pauseFailing(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const paused = sql`update schedule s set paused_at = now(), next_due = null, next_at = null, updated_at = now(),
      paused_why = 'The last ' || case when s.pause_after_failures = 1 then 'run' else s.pause_after_failures || ' runs' end || ' failed.'
    where s.id = any(${ids}::uuid[]) and s.paused_at is null and s.pause_after_failures is not null
      and (select count(*) = s.pause_after_failures and bool_and(l.failed) from (
        select f.status = 'failed' or f.outcome = 'failed' as failed from schedule_firing f
        where f.schedule_id = s.id and f.decided_at >= s.counted_from and (f.status = 'failed' or f.outcome is not null)
        order by f.due_at desc limit s.pause_after_failures) l)
    returning s.id, s.name, s.organization_id, s.paused_why`;
  const entry = insertEntries(
    systemContext(''),
    'schedule.pause',
    'schedule',
    sql`(select id::text, name, organization_id from paused) as t`,
    { after: { reason: 'too many failures in a row' } },
    sql`t.organization_id`,
  );
  await db.query(
    sql`with paused as (${paused}),
     dropped as (update schedule_firing f set status = 'skipped', why = 'The schedule was paused.' from (
         select w.schedule_id, w.due_at from schedule_firing w join paused on paused.id = w.schedule_id
         where w.status = 'queued' and w.kind in ('clock', 'catch-up') for update of w skip locked) q
       where f.schedule_id = q.schedule_id and f.due_at = q.due_at)
     ${entry}`,
  );
}
