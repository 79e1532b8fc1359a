import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { DomainError } from '@/lib/domain/errors';
import { CSV_COLUMNS, LINE_BYTES } from '@/lib/http/limits';
import { delimiterOf, textChunks } from './csv-text';

type Cells = Record<string, string>;

/**
 * Items of a CSV body, read as a stream. The header names the fields; an empty cell is an absent field. Rows count
 * items from 1, so the first line after the header is row 1. Comma, semicolon and tab are told apart by the header.
 */
export async function* csvItems(
  chunks: AsyncIterable<Uint8Array>,
  toItem: (row: Cells) => unknown,
): AsyncGenerator<LaunchItem> {
  const { text, delimiter } = await delimiterOf(textChunks(chunks));
  const parser = parse({ delimiter, relax_column_count: true, skip_empty_lines: true, max_record_size: LINE_BYTES });
  // The loop below sees every error; pipeline only sees to it that both ends are closed.
  pipeline(Readable.from(text), parser, () => undefined);
  let header: string[] | undefined;
  let row = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (!header) {
        header = checkHeader(record);
        continue;
      }
      row += 1;
      // A spreadsheet saves rows of blanks too; they keep their number and are no items.
      if (record.every((cell) => cell.trim() === '')) continue;
      yield fromRecord(row, header, record, toItem);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Rows that the parser had ready are dropped with the error; its own count tells where it stopped.
    const read = Number((error as { records?: number }).records ?? 0);
    if (read === 0)
      throw new DomainError('invalid-request', `The header line can't be read: ${explain(error)}.`, { cause: error });
    // What follows a broken quote can't be trusted, so reading ends here.
    yield { row: read, issue: { path: '', message: explain(error) } };
  }
}

function fromRecord(row: number, header: string[], record: string[], toItem: (row: Cells) => unknown): LaunchItem {
  if (record.length !== header.length) {
    const message = `has ${record.length} cells, the header has ${header.length}`;
    return { row, issue: { path: '', message } };
  }
  const cells: Cells = Object.create(null);
  header.forEach((name, i) => {
    const cell = record[i];
    if (cell) cells[name] = cell;
  });
  return { row, data: toItem(cells) };
}

function checkHeader(record: string[]): string[] {
  if (record.length > CSV_COLUMNS) {
    throw badHeader(`has ${record.length} columns; at most ${CSV_COLUMNS} are read`);
  }
  const names = record.map((name) => name.trim());
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    if (name === '') throw badHeader(`has no name for column ${i + 1}`);
    if (seen.has(name)) throw badHeader(`names "${name.slice(0, 100)}" twice`);
    seen.add(name);
  }
  return names;
}

const badHeader = (message: string): DomainError =>
  new DomainError('invalid-request', `The header line ${message}.`, { errors: [{ path: 'header', message }] });

function explain(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quoted cell is never closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands where none may be; double quotes inside a cell are doubled';
    case 'CSV_MAX_RECORD_SIZE':
      return `is longer than ${LINE_BYTES / 1024} KiB`;
    default:
      return error.message;
  }
}
