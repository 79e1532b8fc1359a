import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { rowsOf } from '@/lib/domain/import/mapped-rows';
import { type Cells, shownCells } from '@/lib/domain/import/reading/source-row';
import type { UploadedTable } from './find-table';

export interface ItemRow {
  /** row number in the table, from 1 */
  row: number;
  /** item number in the batch, from 1 */
  place: number;
  cells: Cells;
}

/** Streams the rows of a table that became items, in order, with the corrections from before the launch. */
export async function* itemRows(context: Context, { from, taken }: UploadedTable): AsyncGenerator<ItemRow> {
  let place = 0;
  for await (const source of rowsOf(context, from)) {
    if (!('cells' in source) || !taken.has(source.row)) continue;
    place += 1;
    yield { row: source.row, place, cells: shownCells(source.cells) };
  }
}

/** Advances to the first requested row; returns null at the end. */
export async function skipTo(
  rows: AsyncGenerator<ItemRow>,
  wanted: (row: ItemRow) => boolean,
): Promise<ItemRow | null> {
  for (;;) {
    const { done, value } = await rows.next();
    if (done) return null;
    if (wanted(value)) return value;
  }
}

/** Returns the cells of some rows that were corrected after the launch. */
export async function laterEdits(
  { from }: UploadedTable,
  rows: readonly number[],
  db: Queryable = pool(),
): Promise<Map<number, Cells>> {
  const { rows: found } = await db.query<{ row: number; cells: Cells }>(
    sql`select row, cells from import_edit where import_id = ${from.id} and row = any(${rows}::int[])`,
  );
  return new Map(found.map(({ row, cells }) => [row, cells]));
}

/** Stores corrected cells, so that the next errors file contains them. */
export async function keepEdits(
  db: Queryable,
  { from }: UploadedTable,
  edits: readonly { row: number; cells: Cells }[],
): Promise<void> {
  if (edits.length === 0) return;
  await db.query(
    sql`insert into import_edit (import_id, row, cells)
     select ${from.id}, row, cells::json from unnest(${edits.map(({ row }) => row)}::int[], ${edits.map(({ cells }) => stringifyJson(cells))}::text[]) as e(row, cells)
     on conflict (import_id, row) do update set cells = excluded.cells`,
  );
}
