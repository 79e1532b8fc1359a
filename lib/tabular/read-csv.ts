import { csvRecords } from './csv-records';
import { type Decoded, decodeChunks, misdecoded } from './decode';
import { columnNames, numberedColumns, READ_LIMITS, type ReadOptions, type ReadRow } from './row';

/** Rows of CSV or TSV; every cell is text. A row with another number of cells than the header is an issue. */
export async function* readCsv(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> {
  const decoded = decodeChunks(source, options.encoding);
  const maxColumns = options.maxColumns ?? READ_LIMITS.maxColumns;
  const records = csvRecords(decoded.text, {
    delimiter: options.delimiter ?? ',',
    quote: options.quote ?? '"',
    maxRecord: options.maxRowCharacters ?? READ_LIMITS.maxRowCharacters,
  });
  let columns: string[] | undefined;
  let row = 0;
  for await (const record of records) {
    options.signal?.throwIfAborted();
    if (!columns && 'cells' in record) {
      const header = options.header ?? true;
      columns = header ? columnNames(record.cells, maxColumns) : numberedColumns(record.cells.length, maxColumns);
      options.onColumns?.(columns);
      if (header) continue;
    }
    row += 1;
    yield 'bad' in record ? { row, issue: record.bad } : fromCells(row, columns ?? [], record.cells, decoded, options);
  }
}

function fromCells(row: number, columns: string[], cells: string[], decoded: Decoded, options: ReadOptions): ReadRow {
  if (cells.length !== columns.length) {
    return {
      row,
      issue: `has ${counted(cells.length)}, ${options.header === false ? 'the first row' : 'the header'} has ${columns.length}`,
    };
  }
  const wrong = decoded.broken() ? misdecoded(cells.join(''), decoded, options.encoding) : undefined;
  if (wrong) return { row, issue: wrong };
  return { row, values: Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? ''])) };
}

const counted = (cells: number): string => (cells === 1 ? '1 cell' : `${cells} cells`);
