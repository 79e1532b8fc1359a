import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { lockSchedule } from './load-schedules';

/**
 * Deletes a schedule with its history. What it launched stays.
 * @throws DomainError `not-found`, `forbidden`, `not-ready` while a firing is being launched
 */
export async function deleteSchedule(context: Context, id: string): Promise<void> {
  requirePermission(context, 'schedule.delete');
  await transaction(async ({ db }) => {
    const { name } = await lockSchedule(db, context, id, 'delete');
    await requireNoLaunch(db, id);
    await db.query(sql`delete from file_use where owner_id = ${id}`);
    await db.query(sql`delete from notification_target where owner_id = ${id}::uuid`);
    await db.query(sql`delete from schedule where id = ${id}`);
    await audit(db, context, 'schedule.delete', { kind: 'schedule', id, name });
  });
}

/** A launch may read a long file. Whoever waited for it here would keep the schedule locked for as long. */
async function requireNoLaunch(db: Queryable, id: string): Promise<void> {
  const { rows } = await db.query<{ waiting: number; free: number }>(
    sql`with free as (select from schedule_firing where schedule_id = ${id} and status = 'queued' for update skip locked)
     select (select count(*) from schedule_firing where schedule_id = ${id} and status = 'queued')::int as waiting,
       (select count(*) from free)::int as free`,
  );
  const [row] = rows;
  if (!row || row.free >= row.waiting) return;
  throw new DomainError(
    'not-ready',
    'The schedule is just launching. Delete it when that is done, or pause it first, so that no further launch begins.',
  );
}
