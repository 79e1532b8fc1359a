import { namedRows } from './named-rows';
import type { RawRow } from './raw-row';
import { READ_LIMITS, type ReadOptions, type ReadRow } from './row';
import { spool } from './spool';
import { Archive } from './xlsx/archive';
import { chooseSheet } from './xlsx/choose-sheet';
import { sheetRows } from './xlsx/sheet';
import { readSharedStrings, readWorkbook } from './xlsx/workbook';

/**
 * Reads one sheet: texts, numbers, booleans, and dates as ISO 8601; null for an empty cell. Blank rows are skipped. The
 * file is spooled to disk and its sheet is streamed; its shared strings are kept in memory.
 * @throws TabularError `corrupt-file`, `too-large`, `unsupported`, `no-rows`
 */
export const readXlsx = (source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> =>
  namedRows(xlsxRows(source, options), options, { pad: true, empty: null });

/** Returns the rows of one sheet with their numbers in the sheet. A cell without a value is a `BadCell`. */
export async function* xlsxRows(
  source: AsyncIterable<Uint8Array>,
  { sheet: wanted, onSheet, ...options }: ReadOptions,
): AsyncGenerator<RawRow> {
  const { handle } = await spool(source, options.maxFileBytes ?? READ_LIMITS.maxFileBytes, options.signal);
  try {
    const archive = await Archive.open(handle.fd);
    const workbook = await readWorkbook(archive);
    const shared = await readSharedStrings(archive);
    const { sheet, chosen } = await chooseSheet(archive, workbook, shared, wanted);
    onSheet?.(chosen);
    const stream = await archive.stream(sheet.part);
    if (!stream) return;
    yield* sheetRows(stream, workbook, shared, options.maxRowCharacters ?? READ_LIMITS.maxRowCharacters);
  } finally {
    await handle.close();
  }
}

/** Returns the names of the readable sheets, in order. @throws TabularError as `readXlsx` */
export async function sheetNames(source: AsyncIterable<Uint8Array>, options: ReadOptions = {}): Promise<string[]> {
  const { handle } = await spool(source, options.maxFileBytes ?? READ_LIMITS.maxFileBytes, options.signal);
  try {
    const { sheets } = await readWorkbook(await Archive.open(handle.fd));
    return sheets.flatMap(({ name, kind }) => (kind === 'table' ? [name] : []));
  } finally {
    await handle.close();
  }
}
