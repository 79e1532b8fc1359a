import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { findFile } from './find-file';
import { storageOf } from './storage/storage-of';

/**
 * Deletes a file permanently. Its row is hidden first and deleted last, so that a partly deleted file cannot be opened.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function deleteFile(context: Context, id: string): Promise<void> {
  requirePermission(context, 'file.delete', 'delete a file');
  const { storage, name, size } = await findFile(context, id);
  await transaction(async ({ db }) => {
    await db.query(sql`update file set hidden_at = '-infinity' where id = ${id}`);
    await audit(db, context, 'file.delete', { kind: 'file', id, name }, { before: { size } });
  });
  await (await storageOf(storage)).remove(id);
  await pool().query(sql`delete from file where id = ${id}`);
}
