import type { BatchTableAnswer } from '@/lib/contracts/import';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { mappingAt } from '@/lib/domain/import/cells-at-door';
import { type ImportRow, tableOf } from '@/lib/domain/import/import-row';
import { openDoor } from '@/lib/domain/redaction/door';
import { RowSet } from './row-set';

/** The table that a batch was imported from, at the time of the launch. */
export interface UploadedTable {
  from: ImportRow;
  /** the rows that became items */
  taken: RowSet;
  columns: string[];
}

/** `not-imported`: the batch is not from an import. `not-kept`: the import or its file was deleted. */
export type NoTable = { missing: 'not-imported' | 'not-kept' };

/**
 * Returns the table of a batch. An import and its file are kept as long as its batch, unless a user deletes the import.
 * @throws DomainError `not-found` for the batch
 */
export async function findTable(context: Context, batchId: string): Promise<UploadedTable | NoTable> {
  requirePermission(context, 'batch.see');
  requirePayloads(context, 'see the table of a batch');
  const from = await findImport(context, batchId);
  if ('missing' in from) return from;
  const { rows } = await pool().query<{ taken: Uint8Array }>(
    sql`select rows as taken from import_taken where import_id = ${from.id}`,
  );
  // The import was deleted after the first query.
  if (!rows[0]) return { missing: 'not-kept' };
  return { from, taken: new RowSet(rows[0].taken), columns: columnsOf(from) };
}

/** Does the same for a screen, without the set of rows that became items. @throws DomainError `not-found` */
export async function describeTable(context: Context, batchId: string): Promise<BatchTableAnswer> {
  requirePermission(context, 'batch.see');
  requirePayloads(context, 'see the table of a batch');
  const from = await findImport(context, batchId);
  if ('missing' in from) return { table: null, missing: from.missing };
  const door = await openDoor(context);
  const { id: importId, name, type, rows, bad: skipped, mapping } = from;
  return {
    table: { importId, name, type, columns: columnsOf(from), rows, skipped, mapping: mappingAt(door, mapping) },
    missing: null,
  };
}

async function findImport(context: Context, batchId: string): Promise<ImportRow | NoTable> {
  const found = isId(batchId)
    ? await pool().query<{ metadata: unknown }>(
        sql`select metadata from batch where id = ${batchId} and organization_id = ${context.organizationId}`,
      )
    : { rows: [] };
  if (!found.rows[0]) throw notFound('batch', batchId);
  const { importId, dryRun } = (found.rows[0].metadata ?? {}) as { importId?: unknown; dryRun?: unknown };
  // The mapping of a dry run's import may still change.
  if (typeof importId !== 'string' || dryRun) return { missing: 'not-imported' };
  if (!isId(importId)) return { missing: 'not-kept' };
  const { rows } = await pool().query<ImportRow>(
    sql`select i.* from import i where i.id = ${importId} and i.organization_id = ${context.organizationId} and i.batch_id = ${batchId}
       and exists (select from import_taken t where t.import_id = i.id)`,
  );
  const [from] = rows;
  return from && (await hasFiles(context, from)) ? from : { missing: 'not-kept' };
}

/** Whether the files of a table still exist. If each file is a row, the import itself stores the list. */
async function hasFiles(context: Context, from: ImportRow): Promise<boolean> {
  if (from.content === 'files') return true;
  const ids = tableOf(from).files.map((file) => file.fileId);
  const { rows } = await pool().query<{ count: number }>(
    sql`select count(*)::int as count from file where id = any(${ids}::uuid[]) and organization_id = ${context.organizationId} and hidden_at is null`,
  );
  return rows[0]?.count === new Set(ids).size;
}

/** Returns the top-level keys of JSON columns: `address.city` is inside of the cell `address`. */
function columnsOf({ reading, columns }: ImportRow): string[] {
  if (reading?.format !== 'json' && reading?.format !== 'jsonl') return columns;
  const inside = (column: string) => {
    const keys = column.split('.');
    return keys.some((_, i) => i > 0 && columns.includes(keys.slice(0, i).join('.')));
  };
  return columns.filter((column) => !inside(column));
}
