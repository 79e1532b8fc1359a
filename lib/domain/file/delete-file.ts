import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requireAdmin } from '@/lib/domain/context';
import { findFile } from './find-file';
import { storageOf } from './storage/storage-of';

/**
 * Removes a file for good: first it is hidden, so that nobody can open what is half gone, and last its row.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function deleteFile(context: Context, id: string): Promise<void> {
  requireAdmin(context, 'delete a file');
  const { storage } = await findFile(context, id);
  await pool().query(sql`update file set hidden_at = '-infinity' where id = ${id}`);
  await (await storageOf(storage)).remove(id);
  await pool().query(sql`delete from file where id = ${id}`);
}
