import { columnNames, numberedColumns, READ_LIMITS, type ReadOptions, type ReadRow, TabularError } from './row';
import { spool } from './spool';
import { Archive } from './xlsx/archive';
import { sheetRows } from './xlsx/sheet';
import { readSharedStrings, readWorkbook } from './xlsx/workbook';

/**
 * Rows of one sheet: texts, numbers, booleans and dates as ISO 8601; null for an empty cell; rows without any value
 * are left out. The file waits on disk and its sheet is read as a stream; its shared texts are kept in memory.
 * @throws TabularError `corrupt-file`, `too-large`, `unsupported`
 */
export async function* readXlsx(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> {
  const { handle } = await spool(source, options.maxFileBytes ?? READ_LIMITS.maxFileBytes, options.signal);
  try {
    const archive = await Archive.open(handle.fd);
    const workbook = await readWorkbook(archive);
    const sheet =
      options.sheet === undefined ? workbook.sheets[0] : workbook.sheets.find((s) => s.name === options.sheet);
    const stream = sheet && (await archive.stream(sheet.part));
    if (!stream) {
      const names = workbook.sheets.slice(0, 20).map(({ name }) => `“${name.slice(0, 100)}”`);
      const wanted = options.sheet?.slice(0, 100);
      throw new TabularError('unsupported', `There is no sheet named “${wanted}”; there are ${names.join(', ')}.`);
    }
    const shared = await readSharedStrings(archive);
    const limit = options.maxRowCharacters ?? READ_LIMITS.maxRowCharacters;
    yield* named(sheetRows(stream, workbook, shared, limit), limit, options);
  } finally {
    await handle.close();
  }
}

async function* named(
  rows: AsyncIterable<unknown[] | undefined>,
  limit: number,
  options: ReadOptions,
): AsyncGenerator<ReadRow> {
  const maxColumns = options.maxColumns ?? READ_LIMITS.maxColumns;
  let columns: string[] | undefined;
  let row = 0;
  for await (const cells of rows) {
    options.signal?.throwIfAborted();
    if (cells?.every(isEmpty)) continue;
    if (!columns && cells) {
      const header = options.header ?? true;
      const width = cells.findLastIndex((cell) => !isEmpty(cell)) + 1;
      columns = header
        ? columnNames(
            cells.slice(0, width).map((cell) => (isEmpty(cell) ? '' : String(cell))),
            maxColumns,
          )
        : numberedColumns(width, maxColumns);
      options.onColumns?.(columns);
      if (header) continue;
    }
    row += 1;
    yield cells
      ? fromCells(row, columns ?? [], cells)
      : { row, issue: `is longer than ${limit.toLocaleString('en')} characters` };
  }
}

const isEmpty = (cell: unknown): boolean => cell === null || cell === undefined || cell === '';

function fromCells(row: number, columns: string[], cells: unknown[]): ReadRow {
  const extra = cells.findLastIndex((cell) => !isEmpty(cell)) + 1 - columns.length;
  if (extra > 0) return { row, issue: `has a value outside of the ${columns.length} columns of the header` };
  return { row, values: Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? null])) };
}

/** The names of a spreadsheet's sheets, in their order. @throws TabularError as `readXlsx` */
export async function sheetNames(source: AsyncIterable<Uint8Array>, options: ReadOptions = {}): Promise<string[]> {
  const { handle } = await spool(source, options.maxFileBytes ?? READ_LIMITS.maxFileBytes, options.signal);
  try {
    return (await readWorkbook(await Archive.open(handle.fd))).sheets.map(({ name }) => name);
  } finally {
    await handle.close();
  }
}
