import type { FileHandle } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type ColumnMetaData,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type ParquetColumn, parquetColumns } from './parquet/columns';
import { fromNanoseconds } from './parquet/leaf';
import { READ_LIMITS, type ReadOptions, type ReadRow, TabularError, type Values } from './row';
import { spool } from './spool';

/** The maximum unpacked size, in bytes, of a row group, because a whole group is in memory. */
const GROUP_LIMITS = { bytes: 256 * 1024 ** 2, cells: 20_000_000 };

/**
 * Reads Parquet; one row group is in memory at a time. Numbers keep all digits, dates and times become ISO 8601, bytes
 * that are not UTF-8 become base64, lists and structures become JSON values.
 * @throws TabularError `corrupt-file`; `unsupported` when it is encrypted; `too-large` for a group of more than 256 MB
 */
export async function* readParquet(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> {
  const { handle, size } = await spool(source, options.maxFileBytes ?? READ_LIMITS.maxFileBytes, options.signal);
  try {
    const file = bufferOf(handle, size);
    const metadata = await readMetadata(file);
    checkSize(metadata, options.maxColumns ?? READ_LIMITS.maxColumns);
    const { columns, bytes } = parquetColumns(metadata);
    options.onColumns?.(columns.map(({ name }) => name));
    const reported = new Set<string>();
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      options.signal?.throwIfAborted();
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await readGroup(file, metadata, rowStart, rowEnd);
      const binary = () => bytes.filter((column) => column.binary).length;
      const before = binary();
      let converted = convertRows(rows, columns, rowStart);
      // A later value showed that the column is binary, so its earlier values are converted again.
      if (binary() > before) converted = convertRows(rows, columns, rowStart);
      for (const { name } of bytes.filter((column) => column.binary && !reported.has(column.name))) {
        reported.add(name);
        options.onRemark?.(`${name.slice(0, 100)} holds bytes that are no text: they are given as base64.`);
      }
      for (const [i, values] of converted.entries()) {
        if (i % 1000 === 0) options.signal?.throwIfAborted();
        yield { row: rowStart + i + 1, values };
      }
      rowStart = rowEnd;
    }
  } finally {
    await handle.close();
  }
}

async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
  const end = Buffer.from(await file.slice(Math.max(0, file.byteLength - 4))).toString('latin1');
  if (end === 'PARE') throw encrypted();
  const metadata = await parquetMetadataAsync(file).catch((cause) => {
    throw new TabularError('corrupt-file', 'The file is no Parquet file, or a damaged one.', { cause });
  });
  if (metadata.row_groups.some(({ columns }) => columns.some((column) => column.crypto_metadata))) throw encrypted();
  return metadata;
}

const encrypted = () =>
  new TabularError('unsupported', 'The Parquet file is encrypted, and no key can be given here. Upload it decrypted.');

/** The library calls its decompressors also for empty pages, which some of them reject as corrupt. */
const unpacking: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, size: number) => (size === 0 ? new Uint8Array() : unpack(input, size)),
  ]),
);

/** Some writers leave the dictionary page's header out of a column's size. It has fewer bytes than this. */
const MOST_FORGOTTEN = 64;

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<Values[]> {
  const read = (given: FileMetaData) =>
    parquetReadObjects({
      file,
      metadata: given,
      rowStart,
      rowEnd,
      compressors: unpacking,
      utf8: false,
      parsers: { timestampFromNanoseconds: fromNanoseconds },
    });
  try {
    return await read(metadata).catch((error: unknown) => {
      // Only in a flat column the library detects the end without the stated size.
      if (metadata.schema.some(({ num_children: inner }, i) => i > 0 && inner)) throw error;
      return read(upToTheNext(metadata, file.byteLength));
    });
  } catch (cause) {
    throw new TabularError('corrupt-file', `The Parquet file is damaged after row ${rowStart}.`, { cause });
  }
}

/** Extends a column to the start of the next one if the stated size leaves a gap of a few bytes. */
function upToTheNext(metadata: FileMetaData, fileBytes: number): FileMetaData {
  const startOf = ({ dictionary_page_offset: dictionary, data_page_offset: data }: ColumnMetaData) =>
    Number(dictionary || data);
  const starts = metadata.row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data: column }) => (column ? startOf(column) : [])),
  );
  const stops = [...starts, fileBytes - 8 - metadata.metadata_length].sort((a, b) => a - b);
  const stretched = (column: ColumnMetaData): ColumnMetaData => {
    const end = startOf(column) + Number(column.total_compressed_size);
    const next = stops.find((stop) => stop >= end) ?? end;
    const forgotten = next - end <= MOST_FORGOTTEN ? next - end : 0;
    return { ...column, total_compressed_size: column.total_compressed_size + BigInt(forgotten) };
  };
  return {
    ...metadata,
    row_groups: metadata.row_groups.map((group) => ({
      ...group,
      columns: group.columns.map(({ meta_data: column, ...rest }) => ({
        ...rest,
        ...(column && { meta_data: stretched(column) }),
      })),
    })),
  };
}

/** @throws TabularError `corrupt-file` if values do not have the type of their column */
function convertRows(rows: Values[], columns: readonly ParquetColumn[], rowStart: number): Values[] {
  try {
    return rows.map((row) => Object.fromEntries(columns.map(({ name, convert }) => [name, convert(row[name])])));
  } catch (cause) {
    throw new TabularError('corrupt-file', `The Parquet file is damaged after row ${rowStart}.`, { cause });
  }
}

function checkSize(metadata: FileMetaData, maxColumns: number): void {
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
