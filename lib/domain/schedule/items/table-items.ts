import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { DomainError } from '@/lib/domain/errors';
import { detectReading, HEAD_BYTES, parquetIn } from '@/lib/domain/import/reading/detect-reading';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import type { JobType } from '@/lib/job-types/catalogue';
import { OutboundError } from '@/lib/outbound/errors';
import { readRows } from '@/lib/tabular/read-rows';
import { type ReadOptions, TabularError, type TabularFormat } from '@/lib/tabular/row';

/** The bytes of a table as they come. */
export interface TableSource {
  /** with its ending, which helps to guess the format */
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * Reads the items of a table, one by one: its columns are the fields of the job type, or it is JSON or JSON lines.
 * @throws DomainError `invalid-items` if it is no table, or breaks off
 */
export async function* tableItems(type: JobType, { name, bytes }: TableSource): AsyncGenerator<LaunchItem> {
  const { head, whole, all } = await whileReading(() => splitHead(bytes));
  const { format, ...options } = await whileReading(() => readingOf(name, head, whole));
  const isJson = format === 'json' || format === 'jsonl';
  const toItem = isJson ? (row: Record<string, unknown>) => row : itemFromCsv(type);
  const rows = readRows(all, format, options);
  for (;;) {
    const next = await whileReading(() => rows.next());
    if (next.done) return;
    const row = next.value;
    if ('issue' in row) yield { row: row.row, issue: { path: '', message: row.issue } };
    else yield { row: row.row, data: toItem(withoutEmpty(row.values)) };
  }
}

/** An empty cell is an absent field. */
const withoutEmpty = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, cell]) => cell !== '' && cell !== null));

interface Begun {
  head: Buffer;
  /** the head is everything */
  whole: boolean;
  /** from the first byte on */
  all: AsyncIterable<Uint8Array>;
}

/** The format is guessed from the beginning. A fetched body comes only once, so the rest follows on the same stream. */
async function splitHead(bytes: AsyncIterable<Uint8Array>): Promise<Begun> {
  const more = bytes[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  while (!ended && size <= HEAD_BYTES) {
    const next = await more.next();
    ended = next.done === true;
    if (next.done) break;
    parts.push(next.value);
    size += next.value.byteLength;
  }
  const all = (async function* () {
    yield* parts.splice(0);
    if (!ended) yield* { [Symbol.asyncIterator]: () => more };
  })();
  return { head: Buffer.concat(parts).subarray(0, HEAD_BYTES), whole: ended && size <= HEAD_BYTES, all };
}

async function readingOf(name: string, head: Buffer, whole: boolean): Promise<ReadOptions & { format: TabularFormat }> {
  if (parquetIn(head) !== undefined) return { format: 'parquet' };
  const { reading } = await detectReading(head, { name, whole, overrides: {} });
  const { format, encoding, delimiter, quote, header, headerRow } = reading;
  if (format === 'xlsx') return { format, findHeader: true };
  if (format === 'json' || format === 'jsonl') return { format, encoding };
  return { format, encoding, delimiter, quote, header, headerRow };
}

async function whileReading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TabularError || error instanceof ReadingError || error instanceof OutboundError) {
      throw new DomainError('invalid-items', `The table with the items can’t be read: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}
