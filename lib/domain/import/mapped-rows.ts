import { cellOf } from '@/lib/contracts/cell';
import { must } from '@/lib/contracts/must';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import type { Context } from '@/lib/domain/context';
import { valueAsName } from '@/lib/domain/job/item-name';
import { badCellOf } from '@/lib/tabular/bad-cell';
import { type ImportRow, tableOf } from './import-row';
import { itemMaker, type MappedRow } from './mapping/to-item';
import { readRows, type Watch, withEdits } from './reading/read-rows';
import type { Cells, SourceRow } from './reading/source-row';

/** Streams the rows of an import with its corrections: rows of its files, or the list of its files. */
export function rowsOf(context: Context, row: ImportRow, watch: Watch = {}): AsyncGenerator<SourceRow> {
  const source = row.content === 'files' ? fileRows(row) : readRows(context, tableOf(row), watch);
  return Object.keys(row.edits).length === 0 ? source : withEdits(source, row.edits, row.columns);
}

async function* fileRows({ files }: ImportRow): AsyncGenerator<SourceRow> {
  for (const [i, file] of files.entries())
    yield { row: i + 1, cells: Object.assign(Object.create(null), file) as Cells };
}

/** Streams each row with its mapped item. */
export async function* mappedRows(
  context: Context,
  row: ImportRow,
  watch: Watch = {},
): AsyncGenerator<{ source: SourceRow; made: MappedRow }> {
  const make = itemMaker(row.type, row.mapping);
  for await (const source of rowsOf(context, row, watch)) yield { source, made: make(source) };
}

/** Returns the name that a row gives its item; undefined if it has none. */
function nameOf(source: SourceRow, column: string | null): string | undefined {
  if (column === null || !('cells' in source)) return undefined;
  const cell = cellOf(source.cells, column);
  return badCellOf(cell) ? undefined : valueAsName(cell);
}

/** Streams the items for a launch. Bad rows are skipped, or reported as issues. */
export async function* launchItems(
  context: Context,
  row: ImportRow,
  { skipBad, onRow = () => undefined }: { skipBad: boolean; onRow?: (row: number) => void },
): AsyncGenerator<LaunchItem> {
  for await (const { source, made } of mappedRows(context, row)) {
    onRow(source.row);
    if ('data' in made) yield { row: source.row, data: made.data, name: nameOf(source, row.name_by) };
    else if (!skipBad) {
      const { path, message } = must(made.problems[0], 'The problem of a bad row');
      yield { row: source.row, issue: { path, message } };
    }
  }
}
