import type { FileHandle } from 'node:fs/promises';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { READ_LIMITS, type ReadOptions, type ReadRow, TabularError, type Values } from './row';
import { spool } from './spool';

/** What a group of rows may unpack to: it is in memory as a whole. */
const GROUP_LIMITS = { bytes: 256 * 1024 ** 2, cells: 20_000_000 };

/**
 * Rows of Parquet, a group of rows in memory at a time. Whole numbers beyond 2^53 come as text, dates as ISO 8601,
 * bytes as base64, lists and structures as JSON values.
 * @throws TabularError `corrupt-file`, `too-large` for a group of more than 256 MB
 */
export async function* readParquet(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> {
  const { handle, size } = await spool(source, options.maxFileBytes ?? READ_LIMITS.maxFileBytes, options.signal);
  try {
    const file = bufferOf(handle, size);
    const metadata = await parquetMetadataAsync(file).catch((cause) => {
      throw new TabularError('corrupt-file', 'The file is no Parquet file, or a damaged one.', { cause });
    });
    const columns = checked(metadata, options.maxColumns ?? READ_LIMITS.maxColumns);
    options.onColumns?.(columns);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      options.signal?.throwIfAborted();
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await readGroup(file, metadata, rowStart, rowEnd);
      for (const [i, values] of rows.entries()) {
        if (i % 1000 === 0) options.signal?.throwIfAborted();
        yield { row: rowStart + i + 1, values: plainValues(values, columns) };
      }
      rowStart = rowEnd;
    }
  } finally {
    await handle.close();
  }
}

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<Values[]> {
  try {
    return await parquetReadObjects({
      file,
      metadata,
      rowStart,
      rowEnd,
      compressors,
      parsers: { dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10) },
    });
  } catch (cause) {
    throw new TabularError('corrupt-file', `The Parquet file is damaged after row ${rowStart}.`, { cause });
  }
}

function checked(metadata: FileMetaData, maxColumns: number): string[] {
  const count = metadata.schema[0]?.num_children ?? 0;
  if (count > maxColumns) {
    throw new TabularError('too-many-columns', `It has ${count} columns; at most ${maxColumns} are read.`);
  }
  for (const { columns, num_rows: rows } of metadata.row_groups) {
    const bytes = columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0);
    if (bytes > GROUP_LIMITS.bytes || Number(rows) * columns.length > GROUP_LIMITS.cells) {
      throw new TabularError(
        'too-large',
        'A group of rows in the Parquet file is larger than 256 MB, the most that is read. Write it with smaller groups.',
      );
    }
  }
  return topLevelNames(metadata, count);
}

/** The schema lists elements depth first; the root's own children are the columns. */
function topLevelNames({ schema }: FileMetaData, count: number): string[] {
  const names: string[] = [];
  const skip = (at: number): number => {
    let next = at + 1;
    for (let left = schema[at]?.num_children ?? 0; left > 0 && next < schema.length; left--) next = skip(next);
    return next;
  };
  for (let at = 1; names.length < count && at < schema.length; at = skip(at)) names.push(schema[at]?.name ?? '');
  return names;
}

const plainValues = (values: Values, columns: readonly string[]): Values =>
  Object.fromEntries(columns.map((name) => [name, plain(values[name])]));

function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

const bufferOf = (handle: FileHandle, byteLength: number): AsyncBuffer => ({
  byteLength,
  slice: async (start, end = byteLength) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
    if (bytes.length > GROUP_LIMITS.bytes)
      throw new TabularError('too-large', 'A part of the Parquet file is too large.');
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw new TabularError('corrupt-file', 'The Parquet file ends too early.');
      at += bytesRead;
    }
    return bytes.buffer;
  },
});
