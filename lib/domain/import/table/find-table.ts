import type { BatchTableAnswer } from '@/lib/contracts/import';
import { isId, pool } from '@/lib/db';
import { getBatch } from '@/lib/domain/batch';
import type { Context } from '@/lib/domain/context';
import { type ImportRow, tableOf } from '@/lib/domain/import/rows';
import { RowSet } from './row-set';

/** The table that a batch was imported from, as it was launched. */
export interface BroughtTable {
  from: ImportRow;
  /** the rows that became items */
  taken: RowSet;
  columns: string[];
}

/** `not-imported`: it came another way. `not-kept`: the import or its file is gone. */
export type NoTable = { missing: 'not-imported' | 'not-kept' };

/**
 * The table of a batch, for as long as it is kept: an import and its file stay while the batch that they became does,
 * unless somebody deletes the import.
 * @throws DomainError `not-found` for the batch
 */
export async function findTable(context: Context, batchId: string): Promise<BroughtTable | NoTable> {
  const { metadata } = await getBatch(context, batchId);
  const { importId, dryRun } = (metadata ?? {}) as { importId?: unknown; dryRun?: unknown };
  // A dry run's import can still be mapped in another way.
  if (typeof importId !== 'string' || dryRun) return { missing: 'not-imported' };
  if (!isId(importId)) return { missing: 'not-kept' };
  const { rows } = await pool().query<ImportRow & { taken: Uint8Array }>(
    `select i.*, t.rows as taken from import i join import_taken t on t.import_id = i.id
     where i.id = $1 and i.organization_id = $2 and i.batch_id = $3`,
    [importId, context.organizationId, batchId],
  );
  const [found] = rows;
  if (!found) return { missing: 'not-kept' };
  const { taken, ...rest } = found;
  const from: ImportRow = rest;
  if (!(await hasFiles(context, from))) return { missing: 'not-kept' };
  return { from, taken: new RowSet(taken), columns: columnsOf(from) };
}

/** The same for a screen. */
export async function describeTable(context: Context, batchId: string): Promise<BatchTableAnswer> {
  const table = await findTable(context, batchId);
  if ('missing' in table) return { table: null, missing: table.missing };
  const { from, columns } = table;
  const { id: importId, name, type, rows, bad: skipped, mapping } = from;
  return { table: { importId, name, type, columns, rows, skipped, mapping }, missing: null };
}

/** Where each file is a row of its own, the import itself lists them. */
async function hasFiles(context: Context, from: ImportRow): Promise<boolean> {
  if (from.content === 'files') return true;
  const ids = tableOf(from).files.map((file) => file.fileId);
  const { rows } = await pool().query<{ count: number }>(
    `select count(*)::int as count from file where id = any($1::uuid[]) and organization_id = $2 and hidden_at is null`,
    [ids, context.organizationId],
  );
  return rows[0]?.count === new Set(ids).size;
}

/** Of JSON the keys themselves: `address.city` is inside of the cell `address`. */
function columnsOf({ reading, columns }: ImportRow): string[] {
  if (reading?.format !== 'json' && reading?.format !== 'jsonl') return columns;
  const inside = (column: string) => {
    const keys = column.split('.');
    return keys.some((_, i) => i > 0 && columns.includes(keys.slice(0, i).join('.')));
  };
  return columns.filter((column) => !inside(column));
}
