import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { findImport } from './rows';

/** Forgets an import. Its batch, if it became one, stays; files that nobody else needs go with the next sweep. */
export async function deleteImport(context: Context, id: string): Promise<{ deleted: true }> {
  await transaction(async ({ sql }) => {
    await findImport(sql, context, id, { lock: true });
    await sql.query('delete from file_use where owner_id = $1', [id]);
    await sql.query('delete from import where id = $1', [id]);
  });
  return { deleted: true };
}
