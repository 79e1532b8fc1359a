import { META } from '@/lib/domain/batch/results/cells';
import type { IssueRow } from '@/lib/domain/import/import-row';
import { exportedName } from '@/lib/domain/import/table/own-columns';
import type { Values } from '@/lib/tabular/row';
import { table } from './table';

/** Returns wrong rows with their position, reason and cells, so that a user can correct and upload them again. */
export function issuesTable(
  columns: readonly string[],
  pages: AsyncGenerator<IssueRow[]>,
  format: 'csv' | 'xlsx',
): AsyncGenerator<Uint8Array> {
  async function* rows(): AsyncGenerator<Values> {
    for await (const page of pages) {
      for (const { row, problems, cells } of page) {
        yield {
          [META.tableRow]: row,
          [META.reason]: problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; '),
          ...Object.fromEntries(columns.map((column) => [exportedName(column), cells?.[column]])),
        };
      }
    }
  }
  return table(rows(), [META.tableRow, META.reason, ...columns.map(exportedName)], format);
}
