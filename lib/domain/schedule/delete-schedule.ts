import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { lockSchedule } from './load-schedules';

/**
 * Deletes a schedule with its history. What it launched stays.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function deleteSchedule(context: Context, id: string): Promise<void> {
  requirePermission(context, 'schedule.delete');
  await transaction(async ({ db }) => {
    const { name } = await lockSchedule(db, context, id, 'delete');
    await db.query(sql`delete from file_use where owner_id = ${id}`);
    await db.query(sql`delete from schedule where id = ${id}`);
    await audit(db, context, 'schedule.delete', { kind: 'schedule', id, name });
  });
}
