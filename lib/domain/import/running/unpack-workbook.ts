import { IMPORT_LIMITS } from '@/lib/contracts/import';
import { cellText } from '@/lib/contracts/template';
import type { Context } from '@/lib/domain/context';
import { openFile, storeFile } from '@/lib/domain/file';
import { ReadingError } from '@/lib/domain/import/reading/failure';
import { hasHeader } from '@/lib/domain/import/reading/guess-csv';
import type { TableFile } from '@/lib/domain/import/reading/read-rows';
import { readRows, sheetNames, TabularError } from '@/lib/tabular';
import type { Run } from './run-import';

interface Unpacked {
  sheets: string[];
  table: TableFile & { sheet: string };
  /** whether the first row names the columns */
  header: boolean;
}

const HEADER_ROWS = 50;
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Writes one sheet of a workbook into storage as a CSV, once, so that looking, checking and launching read plain text.
 * Of formulas it has the values that were last computed; dates are ISO 8601.
 * @throws ReadingError for what is no workbook, and for one that unpacks to far too much
 */
export async function unpackWorkbook(
  context: Context,
  workbook: TableFile,
  wanted: string | undefined,
  { signal, progress }: Run,
): Promise<Unpacked> {
  try {
    const sheets = await sheetNames((await openFile(context, workbook.fileId)).stream, { signal });
    const sheet = wanted ?? sheets[0];
    if (sheet === undefined) throw new ReadingError('no-rows', `${workbook.name} has no sheet.`);
    const first: string[][] = [];
    const { stream } = await openFile(context, workbook.fileId);
    const rows = readRows(stream, 'xlsx', { sheet, header: false, maxColumns: IMPORT_LIMITS.columns, signal });
    const body = csvOf(rows, (cells, count) => {
      if (first.length < HEADER_ROWS) first.push(cells);
      if (count % 1000 === 0) progress(count, 0, `Unpacking ${sheet}`);
    });
    const file = await storeFile(context, { name: `${workbook.name} ${sheet}.csv`, body });
    const table = { fileId: file.fileId, name: workbook.name, size: file.size, sheet };
    return { sheets, table, header: hasHeader(first, []) };
  } catch (error) {
    if (!(error instanceof TabularError)) throw error;
    throw new ReadingError(
      error.code,
      `${workbook.name}: ${error.message} You can save the sheet as CSV and bring that.`,
      {
        cause: error,
      },
    );
  }
}

async function* csvOf(
  rows: AsyncIterable<{ row: number; values: Record<string, unknown> } | { row: number; issue: string }>,
  onRow: (cells: string[], count: number) => void,
): AsyncGenerator<Uint8Array> {
  let chunk = '';
  let count = 0;
  for await (const row of rows) {
    count += 1;
    // A row that could not be read keeps its place: with cells too many it is no row of the table either.
    const cells = 'values' in row ? Object.values(row.values).map(cellText) : [row.issue, ...WIDE];
    onRow(cells, count);
    chunk += `${cells.map(quoted).join(',')}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk) yield Buffer.from(chunk);
}

const WIDE = Array.from({ length: IMPORT_LIMITS.columns + 1 }, () => '-');

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) || cell === '' ? `"${cell.replaceAll('"', '""')}"` : cell;
