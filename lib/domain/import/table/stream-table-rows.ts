import { type Context, requirePermission } from '@/lib/domain/context';
import { cellsAt } from '@/lib/domain/import/cells-at-door';
import type { Cells } from '@/lib/domain/import/reading/source-row';
import { openDoor } from '@/lib/domain/redaction/door';
import type { UploadedTable } from './find-table';
import { itemRows, laterEdits, skipTo } from './item-rows';

export interface TableRow<T> {
  item: T;
  /** row number in the table, from 1; null for an item that was added to the batch later */
  tableRow: number | null;
  cells: Cells;
}

/**
 * Streams the items of a batch with the uploaded cells of each, including corrections. Both sources are ordered, so
 * each is read once and one page is in memory.
 * @param placeOf returns the item's number in the batch, from 1
 */
export async function* streamTableRows<T>(
  context: Context,
  table: UploadedTable,
  pages: AsyncGenerator<T[]>,
  placeOf: (item: T) => number,
): AsyncGenerator<TableRow<T>[]> {
  requirePermission(context, 'batch.see');
  const door = await openDoor(context);
  const rows = itemRows(context, table);
  try {
    for await (const page of pages) {
      const found: TableRow<T>[] = [];
      for (const item of page) {
        const source = await skipTo(rows, ({ place }) => place === placeOf(item));
        found.push({ item, tableRow: source?.row ?? null, cells: source?.cells ?? {} });
      }
      const edits = await laterEdits(
        table,
        found.flatMap(({ tableRow }) => tableRow ?? []),
      );
      yield found.map((each) => ({
        ...each,
        cells: cellsAt(door, table.from.mapping, { ...each.cells, ...edits.get(each.tableRow ?? 0) }),
      }));
    }
  } finally {
    await rows.return(undefined);
  }
}
