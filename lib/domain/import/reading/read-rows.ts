import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import type { Reading } from '@/lib/contracts/import';
import type { Context } from '@/lib/domain/context';
import { openStored } from '@/lib/domain/file/open-file';
import { isExported } from '@/lib/domain/import/table/own-columns';
import { unreadRow } from '@/lib/tabular/bad-cell';
import { unguardCell } from '@/lib/tabular/cell-guards';
import type { LeftOutTally } from '@/lib/tabular/left-out';
import { readRows as readTable } from '@/lib/tabular/read-rows';
import { TabularError } from '@/lib/tabular/row';
import { ReadingError } from './reading-error';
import type { Cells, SourceRow } from './source-row';

export interface TableFile {
  fileId: string;
  name: string;
  size: number;
}

export interface Table {
  files: readonly TableFile[];
  reading: Reading;
  /** empty until they are known */
  columns: readonly string[];
  /** include blank rows and notes, because this table was launched with them */
  everyRow?: boolean;
}

export interface Watch {
  /** called with the number of bytes since the last call */
  onBytes?: ((count: number) => void) | undefined;
  /** called with the columns of each CSV file */
  onColumns?: ((columns: string[]) => void) | undefined;
  /** collects the content of the files besides rows */
  left?: LeftOutTally | undefined;
}

/**
 * Streams the rows of all files of a table with continuous numbers. Blank rows are skipped, and their numbers are not
 * used again.
 * @throws ReadingError where a file cannot be read further
 */
export async function* readRows(context: Context, table: Table, watch: Watch = {}): AsyncGenerator<SourceRow> {
  let before = 0;
  for (const file of table.files) {
    let last = before;
    try {
      for await (const row of fileRows(context, file, table, watch)) {
        last = before + row.row;
        yield before === 0 ? row : { ...row, row: last };
      }
    } catch (error) {
      throw explained(error, file.name);
    }
    before = last;
  }
}

function explained(error: unknown, name: string): unknown {
  if (error instanceof TabularError) return new ReadingError(error.code, `${name}: ${error.message}`, { cause: error });
  return error;
}

async function* fileRows(
  context: Context,
  { fileId, name }: TableFile,
  { reading, columns, everyRow }: Table,
  { onBytes, onColumns, left }: Watch,
): AsyncGenerator<SourceRow> {
  const { format, encoding, delimiter, quote, header, headerRow } = reading;
  const isSheet = format === 'xlsx';
  const { stream } = await openStored(context, fileId);
  let guarded = false;
  try {
    const rows = readTable(counted(stream, onBytes), isSheet ? 'csv' : format, {
      encoding,
      delimiter,
      quote,
      header,
      ...(header && headerRow !== undefined && { headerRow }),
      ...(everyRow !== undefined && { everyRow }),
      padRows: isSheet,
      separatorLine: !isSheet,
      ...(left && { onHeader: left.onHeader, onLeftOut: left.onLeftOut }),
      maxRowCharacters: IMPORT_LIMITS.rowBytes,
      maxColumns: IMPORT_LIMITS.columns,
      onColumns: (found) => {
        guarded = format === 'csv' && isExported(found);
        const names = guarded ? found.map(unguardCell) : found;
        requireSame(names, columns, name);
        onColumns?.(names);
      },
    });
    for await (const row of rows) {
      if ('issue' in row) {
        const { row: at, issue: broken, cells: found } = row;
        yield { row: at, broken, ...(found && { found: guarded ? unguarded(found) : found }) };
      } else if (!isBlank(row.values)) {
        const broken = isSheet ? unreadRow(Object.values(row.values)[0]) : undefined;
        const cells = guarded ? unguarded(row.values) : row.values;
        yield broken === undefined ? { row: row.row, cells } : { row: row.row, broken };
      }
    }
  } finally {
    stream.destroy();
  }
}

/** Removes the apostrophes that exports add before text that could be a formula. */
function unguarded(cells: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain: Record<string, unknown> = Object.create(null);
  for (const [column, cell] of Object.entries(cells)) {
    plain[unguardCell(column)] = typeof cell === 'string' ? unguardCell(cell) : cell;
  }
  return plain;
}

/** Requires that a later file has the same columns as the first one, in any order. */
function requireSame(found: readonly string[], wanted: readonly string[], file: string): void {
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length === 0) return;
  throw new ReadingError(
    'other-columns',
    `${file} lacks the column ${missing.slice(0, 3).join(', ')} of the first file. Upload files with the same columns, or one at a time.`,
  );
}

function isBlank(cells: Readonly<Record<string, unknown>>): boolean {
  for (const column in cells) if (cells[column] !== '') return false;
  return true;
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    yield chunk;
    onBytes(chunk.byteLength);
  }
}

/** Returns rows with corrected cells. */
export async function* withEdits(
  rows: AsyncIterable<SourceRow>,
  edits: Readonly<Record<string, Record<string, string>>>,
  columns: readonly string[],
): AsyncGenerator<SourceRow> {
  for await (const row of rows) {
    const edit = edits[row.row];
    yield edit ? corrected(row, edit, columns) : row;
  }
}

/**
 * Applies corrected cells to a row. A row with too few or too many cells becomes a normal row when the cells beyond the
 * columns are empty.
 */
export function corrected(row: SourceRow, edit: Cells, columns: readonly string[]): SourceRow {
  if ('cells' in row) return { row: row.row, cells: { ...row.cells, ...edit } };
  if (!row.found) return row;
  const found: Cells = { ...row.found, ...edit };
  const isOver = (name: string) => !columns.includes(name) && found[name] !== '' && found[name] !== null;
  if (Object.keys(found).some(isOver)) return { ...row, found };
  return { row: row.row, cells: Object.fromEntries(columns.map((name) => [name, found[name] ?? ''])) };
}
