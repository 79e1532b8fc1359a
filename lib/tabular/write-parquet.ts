import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { cellText } from './blocks';
import type { Values } from './row';
import { requireColumns } from './write-csv';
import type { Column, ColumnType, WriteOptions } from './write-rows';

const GROUP_ROWS = 20_000;
/** Cells of a group, for wide tables. */
const GROUP_CELLS = 400_000;

const STORED: Record<ColumnType, NonNullable<ColumnSource['type']>> = {
  string: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'TIMESTAMP',
  json: 'JSON',
};

/** Parquet with Snappy, in groups of up to 20,000 rows; a group is in memory at a time. */
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
  let group: Values[] = [];
  const write = () => {
    const columnData = columns.map((column) => ({
      name: column.name,
      type: STORED[column.type ?? 'string'],
      nullable: true,
      data: group.map((values) => stored(values[column.name], column)),
    }));
    parquet.write({ columnData, rowGroupSize: size });
    group = [];
  };
  for await (const values of rows) {
    group.push(values);
    if (group.length < size) continue;
    write();
    yield flushed();
  }
  if (group.length > 0) write();
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

/** A whole number, also one that is kept as text because it is beyond 2^53. */
function integer(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}
