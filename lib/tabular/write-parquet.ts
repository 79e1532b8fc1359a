import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { cellText } from './blocks';
import type { Values } from './row';
import { requireColumns } from './write-csv';
import type { Column, ColumnType, WriteOptions } from './write-rows';

const GROUP_ROWS = 20_000;
/** Cells of a group, for wide tables. */
const GROUP_CELLS = 400_000;
/** Characters of a group, for long texts: what a group of them takes stays far below the memory of a consumer. */
const GROUP_CHARACTERS = 8 * 1024 ** 2;

const STORED: Record<ColumnType, NonNullable<ColumnSource['type']>> = {
  string: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'TIMESTAMP',
  json: 'JSON',
};

/** Parquet with Snappy, in groups of up to 20,000 rows or 8 MiB of text; a group is in memory at a time. */
export async function* writeParquet(rows: AsyncIterable<Values>, options: WriteOptions): AsyncGenerator<Uint8Array> {
  const columns = requireColumns(options);
  const writer = new ByteWriter(1024 ** 2);
  const shape = columns.map(({ name, type = 'string' }) => ({ name, type: STORED[type], nullable: true, data: [] }));
  const parquet = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData: shape }) });
  const size = Math.max(1, Math.min(GROUP_ROWS, Math.floor(GROUP_CELLS / columns.length)));
  const flushed = (): Uint8Array => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  const emptied = () => columns.map((): unknown[] => []);
  let group = emptied();
  let count = 0;
  let characters = 0;
  const write = (): Uint8Array => {
    const columnData = columns.map(({ name, type = 'string' }, i) => ({
      name,
      type: STORED[type],
      nullable: true,
      data: group[i] ?? [],
    }));
    parquet.write({ columnData, rowGroupSize: size });
    group = emptied();
    count = 0;
    characters = 0;
    return flushed();
  };
  for await (const values of rows) {
    for (const [i, column] of columns.entries()) {
      const value = stored(values[column.name], column);
      characters += charactersOf(value);
      group[i]?.push(value);
    }
    count += 1;
    if (count >= size || characters >= GROUP_CHARACTERS) yield write();
  }
  if (count > 0) yield write();
  parquet.finish();
  yield flushed();
}

function stored(value: unknown, { type = 'string' }: Column): unknown {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'bigint' ? value : integer(value);
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date': {
      const at = new Date(value as string);
      return Number.isNaN(at.getTime()) ? null : at;
    }
    case 'json':
      return value;
    case 'string':
      return cellText(value);
  }
}

/** About what a value takes beside the few bytes that every cell has. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || value instanceof Date) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => sum + key.length + 16 + charactersOf(inner), 0);
}

/** A whole number, also one that is kept as text because it is beyond 2^53. */
function integer(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}
