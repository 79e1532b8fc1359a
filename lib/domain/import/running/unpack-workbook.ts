import { cellText } from '@/lib/contracts/cell';
import type { ReadingOverrides } from '@/lib/contracts/import';
import type { Context } from '@/lib/domain/context';
import { openStored } from '@/lib/domain/file/open-file';
import { storeFile } from '@/lib/domain/file/store-file';
import type { UnpackedTable } from '@/lib/domain/import/import-row';
import { headerOf } from '@/lib/domain/import/reading/guess-csv';
import type { TableFile } from '@/lib/domain/import/reading/read-rows';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import { BadCell, markedRow, markedText } from '@/lib/tabular/bad-cell';
import { HEADER_SAMPLE } from '@/lib/tabular/find-header';
import { isBlank, isEmpty, type RawRow } from '@/lib/tabular/raw-row';
import { sheetNames, xlsxRows } from '@/lib/tabular/read-xlsx';
import { TabularError } from '@/lib/tabular/row';
import type { WorkControl } from './import-work';

const CHUNK_CHARACTERS = 64 * 1024;

/** Returns the readable sheets of a workbook. @throws ReadingError if the file is not a workbook */
export async function sheetsOf(context: Context, workbook: TableFile, { signal }: WorkControl): Promise<string[]> {
  return explaining(workbook, async () => sheetNames((await openStored(context, workbook.fileId)).stream, { signal }));
}

/**
 * Stores one sheet of a workbook as CSV, so that inspection, check and launch read plain text. Its lines are the rows
 * of the sheet. A formula cell has its last computed value; dates are ISO 8601.
 * @throws ReadingError for a file that is not a workbook, or whose unpacked size is over the limit
 */
export function unpackWorkbook(
  context: Context,
  workbook: TableFile,
  { sheet: wanted, header, headerRow }: ReadingOverrides,
  { signal, progress }: WorkControl,
): Promise<UnpackedTable> {
  return explaining(workbook, async () => {
    const first: { at: number; cells: string[] }[] = [];
    const bad = new BadCells();
    let sheet = wanted ?? '';
    let remarks: string[] = [];
    const { stream } = await openStored(context, workbook.fileId);
    const rows = xlsxRows(stream, {
      ...(wanted !== undefined && { sheet: wanted }),
      signal,
      onSheet: (chosen) => {
        sheet = chosen.name;
        remarks = chosen.remarks;
      },
    });
    const body = csvOf(rows, (row) => {
      if ('cells' in row) {
        bad.count(row);
        if (first.length < HEADER_SAMPLE && !row.cells.every(isBlank)) {
          first.push({ at: row.at, cells: row.cells.map((cell) => cellText(cell)) });
        }
      }
      if (row.at % 1000 === 0) progress(row.at, 0, `Unpacking ${sheet}`);
    });
    const file = await storeFile(context, { name: `${workbook.name}.csv`, body });
    const found = headerOf(first, [], { ...(header !== undefined && { header }), ...(headerRow && { headerRow }) });
    return {
      fileId: file.fileId,
      name: workbook.name,
      size: file.size,
      sheet,
      ...found,
      remarks: [...remarks, ...bad.remarks()],
    };
  });
}

async function explaining<T>(workbook: TableFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof TabularError)) throw cause;
    const advice = cause.code === 'no-rows' ? '' : ' You can save the sheet as CSV and upload that.';
    throw new ReadingError(cause.code, `${workbook.name}: ${cause.message}${advice}`, { cause });
  }
}

/** Counts cells without a value, and records the first positions. */
class BadCells {
  #errors = 0;
  #formulas = 0;
  #first: string[] = [];

  count({ at, cells }: { at: number; cells: readonly unknown[] }): void {
    for (const cell of cells) {
      if (!(cell instanceof BadCell)) continue;
      if (cell.error === '') this.#formulas += 1;
      else this.#errors += 1;
      if (this.#first.length < 3) this.#first.push(`row ${at} ${cell.error || 'a formula'}`);
    }
  }

  remarks(): string[] {
    if (this.#first.length === 0) return [];
    const counted = [
      ...(this.#errors > 0 ? [`${this.#errors} with an Excel error`] : []),
      ...(this.#formulas > 0 ? [`${this.#formulas} with a formula whose result was not saved`] : []),
    ];
    return [`Cells without a value: ${counted.join(', ')} (${this.#first.join(', ')}).`];
  }
}

async function* csvOf(rows: AsyncIterable<RawRow>, onRow: (row: RawRow) => void): AsyncGenerator<Uint8Array> {
  let chunk = '';
  let line = 1;
  for await (const row of rows) {
    onRow(row);
    // Blank lines preserve the row numbers of the sheet.
    for (; line < row.at; line++) chunk += '\n';
    line += 1;
    chunk += `${'bad' in row ? quoted(markedRow(row.bad)) : lineOf(row.cells)}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk) yield Buffer.from(chunk);
}

const lineOf = (cells: readonly unknown[]): string =>
  cells
    .slice(0, cells.findLastIndex((cell) => !isEmpty(cell)) + 1)
    .map((cell) => quoted(cell instanceof BadCell ? markedText(cell) : cellText(cell)))
    .join(',');

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) || cell === '' ? `"${cell.replaceAll('"', '""')}"` : cell;
