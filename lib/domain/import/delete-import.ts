import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { findImport } from './rows';

/** Forgets an import. Its batch, if it became one, stays; files that nobody else needs go with the next sweep. */
export async function deleteImport(context: Context, id: string): Promise<{ deleted: true }> {
  await transaction(async ({ db }) => {
    await findImport(db, context, id, { lock: true });
    await db.query(sql`delete from file_use where owner_id = ${id}`);
    await db.query(sql`delete from import where id = ${id}`);
  });
  return { deleted: true };
}
