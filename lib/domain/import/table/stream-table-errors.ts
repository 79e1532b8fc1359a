import type { ErrorRow } from '@/lib/domain/batch/results/stream-errors';
import type { Context } from '@/lib/domain/context';
import type { Cells } from '@/lib/domain/import/reading/rows';
import type { BroughtTable } from './find-table';
import { forward, itemRows, laterEdits } from './item-rows';

export interface TableErrorRow extends Omit<ErrorRow, 'input'> {
  /** in the table, from 1; null for an item that was added to the batch later */
  tableRow: number | null;
  cells: Cells;
}

/**
 * Failed items beside the rows of the table that they came from. Both are in order, so that each is read once and
 * memory holds a page of them.
 */
export async function* streamTableErrors(
  context: Context,
  table: BroughtTable,
  pages: AsyncGenerator<ErrorRow[]>,
): AsyncGenerator<TableErrorRow[]> {
  const rows = itemRows(context, table);
  try {
    for await (const page of pages) {
      const found: TableErrorRow[] = [];
      for (const { row, jobId, error } of page) {
        const source = await forward(rows, ({ place }) => place === row);
        found.push({ row, jobId, error, tableRow: source?.row ?? null, cells: source?.cells ?? {} });
      }
      const edits = await laterEdits(
        table,
        found.flatMap(({ tableRow }) => tableRow ?? []),
      );
      yield found.map((each) => ({ ...each, cells: { ...each.cells, ...edits.get(each.tableRow ?? 0) } }));
    }
  } finally {
    await rows.return(undefined);
  }
}
