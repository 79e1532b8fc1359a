import { EventLoop } from '@/lib/config/event-loop';
import { type GuessedDialect, guessDialect, SAMPLE_CHARACTERS } from '@/lib/contracts/csv/dialect';
import { csvRecords, isBlankRow } from '@/lib/contracts/csv/records';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { DomainError } from '@/lib/domain/errors';
import { CSV_COLUMNS } from '@/lib/http/limits';

/** Decodes UTF-8 and removes a byte order mark. @throws DomainError `invalid-request` when it is not UTF-8 */
async function* textChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      if (text) yield text;
    }
    const rest = decoder.decode();
    if (rest) yield rest;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new DomainError('invalid-request', 'The CSV is not valid UTF-8. Save it as "CSV UTF-8" and try again.', {
      cause,
    });
  }
}

/**
 * Detects the dialect of a launch from the first characters, as imports do; only double quotes are quotes (RFC 4180).
 * @returns also the whole text, without a separator line
 */
async function dialectOf(
  chunks: AsyncGenerator<string>,
): Promise<Pick<GuessedDialect, 'delimiter' | 'quote'> & { text: AsyncGenerator<string> }> {
  let head = '';
  let whole = false;
  while (!whole && head.length < SAMPLE_CHARACTERS) {
    const { done, value } = await chunks.next();
    if (done) whole = true;
    else head += value;
  }
  const { delimiter, quote, skip } = guessDialect(head, { whole, doubleQuotes: true, headerFirst: true });
  return { delimiter, quote, text: rejoin(head.slice(skip), chunks) };
}

async function* rejoin(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (head) yield head;
  yield* rest;
}

type Cells = Record<string, string>;

/**
 * Reads the items of a CSV body as a stream. The first line is the header, which also determines the delimiter. An
 * empty cell is an absent field. Row numbers start at 1 after the header. A row that cannot be parsed becomes an issue,
 * and parsing continues.
 */
export async function* csvItems(
  chunks: AsyncIterable<Uint8Array>,
  toItem: (row: Cells) => unknown,
): AsyncGenerator<LaunchItem> {
  const { text, ...dialect } = await dialectOf(textChunks(chunks));
  const eventLoop = new EventLoop();
  let header: string[] | undefined;
  let row = 0;
  for await (const record of csvRecords(text, dialect)) {
    if (eventLoop.due) await eventLoop.yield();
    if (!header) {
      if ('bad' in record) throw new DomainError('invalid-request', `The header line can’t be read: it ${record.bad}.`);
      header = checkHeader(record.cells);
      continue;
    }
    row += 1;
    if ('bad' in record) yield { row, issue: { path: '', message: record.bad } };
    // Spreadsheets also save blank rows. They count as row numbers but are not items.
    else if (!isBlankRow(record.cells)) yield fromRecord(row, header, record.cells, toItem);
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
