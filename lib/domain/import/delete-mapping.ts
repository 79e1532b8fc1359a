import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';

/** @throws DomainError `not-found` */
export async function deleteMapping(context: Context, id: string): Promise<{ deleted: true }> {
  if (!isId(id)) throw notFound('mapping', id);
  const { rowCount } = await pool().query(
    sql`delete from import_mapping where id = ${id} and organization_id = ${context.organizationId}`,
  );
  if (!rowCount) throw notFound('mapping', id);
  return { deleted: true };
}
