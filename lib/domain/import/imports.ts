import type { ImportDto } from '@/lib/contracts/import';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { findImport, type ImportRow, readImport, toImportDto } from './import-row';

/** Returns an import: its reading options, mapping, and progress. @throws DomainError `not-found` */
export async function getImport(context: Context, id: string): Promise<{ import: ImportDto }> {
  requirePermission(context, 'import.see');
  requirePayloads(context, 'import tables');
  return { import: await readImport(context, id) };
}

const MOST = 20;

/**
 * Large columns that lists do not load: mapping, columns, sample rows, remarks, corrected cells, and most of many
 * files.
 */
const COLUMNS = sql`id, organization_id, type, status, name, content, url, reading, revision, job_id, bytes_total, bytes_read,
  rows, good, bad, error, refusal, name_by, trial_batch_id, batch_id, created_by, created_at, updated_at,
  (select coalesce(json_agg(file), '[]') from (select file from json_array_elements(files) file limit 5) first) as files,
  '{}'::json as mapping, '[]'::json as columns, '[]'::json as preview, '{}'::json as edits`;

/** Returns the newest imports without a batch, so that users can continue them. */
export async function listImports(context: Context): Promise<{ imports: ImportDto[] }> {
  requirePermission(context, 'import.see');
  requirePayloads(context, 'import tables');
  const { rows } = await pool().query<Omit<ImportRow, 'detected' | 'launch'>>(
    sql`select ${COLUMNS} from import where organization_id = ${context.organizationId} and status <> 'launched' order by id desc limit ${MOST}`,
  );
  const door = await openDoor(context);
  return {
    imports: rows.map((row) => ({ ...toImportDto({ ...row, detected: null, launch: null }, door), fields: [] })),
  };
}

/** Deletes an import. Its batch stays; the next sweep deletes files that nothing else uses. */
export async function deleteImport(context: Context, id: string): Promise<{ deleted: true }> {
  requirePermission(context, 'import.launch');
  requirePayloads(context, 'import tables');
  await transaction(async ({ db }) => {
    const { name, type, rows } = await findImport(db, context, id, { lock: true });
    await audit(db, context, 'import.delete', { kind: 'import', id, name }, { before: { type, rows } });
    await db.query(sql`delete from file_use where owner_id = ${id}`);
    await db.query(sql`delete from import where id = ${id}`);
  });
  return { deleted: true };
}
