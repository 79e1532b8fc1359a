import type { LaunchItem } from '@/lib/domain/batch/check-items';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openStored } from '@/lib/domain/file/open-file';
import { detectReading, parquetIn, readHead } from '@/lib/domain/import/reading/detect-reading';
import { ReadingError } from '@/lib/domain/import/reading/reading-error';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import type { JobType } from '@/lib/job-types/catalogue';
import { readRows } from '@/lib/tabular/read-rows';
import { type ReadOptions, TabularError, type TabularFormat } from '@/lib/tabular/row';

/**
 * Reads the items of a stored file, one by one: a table whose columns are the fields of the job type, or JSON lines.
 * @throws DomainError `not-found`, `invalid-items` for a file that is no table
 */
export async function* fileItems(context: Context, fileId: string, type: JobType): AsyncGenerator<LaunchItem> {
  const { format, ...options } = await whileReading(() => readingOf(context, fileId));
  const isJson = format === 'json' || format === 'jsonl';
  const toItem = isJson ? (row: Record<string, unknown>) => row : itemFromCsv(type);
  const { stream } = await openStored(context, fileId);
  const rows = readRows(stream as AsyncIterable<Uint8Array>, format, options);
  try {
    for (;;) {
      const next = await whileReading(() => rows.next());
      if (next.done) return;
      const row = next.value;
      if ('issue' in row) yield { row: row.row, issue: { path: '', message: row.issue } };
      else yield { row: row.row, data: toItem(withoutEmpty(row.values)) };
    }
  } finally {
    stream.destroy();
  }
}

/** An empty cell is an absent field. */
const withoutEmpty = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, cell]) => cell !== '' && cell !== null));

async function readingOf(context: Context, fileId: string): Promise<ReadOptions & { format: TabularFormat }> {
  const { file, stream } = await openStored(context, fileId);
  const head = await readHead(stream);
  if (parquetIn(head) !== undefined) return { format: 'parquet' };
  const whole = head.length === file.size;
  const { reading } = await detectReading(head, { name: file.name, whole, overrides: {} });
  const { format, encoding, delimiter, quote, header, headerRow } = reading;
  if (format === 'xlsx') return { format, findHeader: true };
  if (format === 'json' || format === 'jsonl') return { format, encoding };
  return { format, encoding, delimiter, quote, header, headerRow };
}

async function whileReading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TabularError || error instanceof ReadingError) {
      throw new DomainError('invalid-items', `The file with the items can’t be read: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}
