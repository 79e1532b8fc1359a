import { META } from '@/lib/domain/batch/results/cells';
import { guardCell } from '@/lib/tabular/cell-guards';

/** Columns that an export adds to those of a table. */
const OWN = new Set<string>(Object.values(META));

/** Returns a table column's name in an export. It differs if it equals the name of an added column. */
export const exportedName = (column: string): string =>
  OWN.has(column) || column.startsWith('table.') ? `table.${column}` : column;

/** Maps the names in a file's header to the columns of the table. CSV escapes formulas in names as in cells. */
export function namesInFile(columns: readonly string[]): Map<string, string> {
  return new Map(
    columns.flatMap((column) => {
      const name = exportedName(column);
      return [
        [name, column],
        [guardCell(name), column],
      ];
    }),
  );
}

/** Whether a table is an export (errors or results): then its cells are escaped against formulas. */
export const isExported = (columns: readonly string[]): boolean =>
  (columns.includes(META.tableRow) && columns.includes(META.reason)) ||
  (columns.includes(META.status) && columns.includes(META.error));
