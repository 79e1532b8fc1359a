import type { ViewDto } from '@/lib/contracts/view';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { auditedView, lockView, toViewDto } from './view-row';

/** Deletes a view: an own one, or a shared one with the permission to share. @throws DomainError `not-found`, `forbidden` */
export async function deleteView(context: Context, id: string): Promise<ViewDto> {
  requirePermission(context, 'view.delete');
  return transaction(async ({ db }) => {
    const row = await lockView(db, context, id);
    await db.query(sql`delete from saved_view where id = ${id}::uuid`);
    await audit(db, context, 'view.delete', { kind: 'view', id, name: row.name }, { before: auditedView(row) });
    return toViewDto(row, context);
  });
}
