import { META } from '@/lib/domain/batch/results/cells';
import { guardCell } from '@/lib/tabular/guard';

/** Columns that we add to those of a table. */
const OURS = new Set<string>(Object.values(META));

/** What a column of a table is called beside ours. */
export const besideOurs = (column: string): string =>
  OURS.has(column) || column.startsWith('table.') ? `table.${column}` : column;

/** From what stands in a file's header to the column of the table; CSV guards names as it guards cells. */
export function namesOf(columns: readonly string[]): Map<string, string> {
  return new Map(
    columns.flatMap((column) => {
      const name = besideOurs(column);
      return [
        [name, column],
        [guardCell(name), column],
      ];
    }),
  );
}

/** Whether a table is one of our files, with rows to correct or results: then its cells carry our guard. */
export const isOurs = (columns: readonly string[]): boolean =>
  (columns.includes(META.tableRow) && columns.includes(META.reason)) ||
  (columns.includes(META.status) && columns.includes(META.error));
