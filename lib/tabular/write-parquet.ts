import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { cellText } from '@/lib/contracts/cell';
import { isExact, stringifyJson } from '@/lib/contracts/json';
import { TabularError, type Values } from './row';
import { type Column, type ColumnType, requireColumns, type WriteOptions } from './write-options';

const GROUP_ROWS = 20_000;
/** The maximum number of cells in a row group, for wide tables. */
const GROUP_CELLS = 400_000;
/** The maximum number of characters in a row group: limits the memory of a consumer. */
const GROUP_CHARACTERS = 8 * 1024 ** 2;

const STORED: Record<ColumnType, NonNullable<ColumnSource['type']>> = {
  string: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'TIMESTAMP',
  json: 'JSON',
};

type Element = ReturnType<typeof schemaFromColumnData>[number];

/**
 * Timestamps have microseconds, and JSON is written as bytes: the library has only milliseconds, and doubles in JSON.
 */
function asStored(element: Element): Element {
  if (element.converted_type === 'TIMESTAMP_MILLIS') return { ...element, converted_type: 'TIMESTAMP_MICROS' };
  if (element.converted_type !== 'JSON') return element;
  const { converted_type: _, ...bare } = element;
  return bare;
}

/** Writes Parquet with Snappy. One row group, of up to 20,000 rows or 8 MiB of text, is in memory at a time. */
export async function* writeParquet(rows: AsyncIterable<Values>, options: WriteOptions): AsyncGenerator<Uint8Array> {
  const columns = requireColumns(options);
  const writer = new ByteWriter(1024 ** 2);
  const shape = columns.map(({ name, type = 'string' }) => ({ name, type: STORED[type], nullable: true, data: [] }));
  const schema = schemaFromColumnData({ columnData: shape }).map(asStored);
  const parquet = new ParquetWriter({ writer, schema });
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
  // Set after the values are encoded: the writer would encode a JSON column in its own way.
  for (const [i, column] of columns.entries()) {
    const element = schema[i + 1];
    if (column.type === 'json' && element) element.converted_type = 'JSON';
  }
  parquet.finish();
  yield flushed();
}

/** @throws TabularError `unsupported` for a number that its column cannot store */
function stored(value: unknown, { name, type = 'string' }: Column): unknown {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'integer':
      return integer(value, name);
    case 'number':
      if (isExact(value)) throw unfit(value, name);
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return microseconds(String(value));
    case 'json':
      return Buffer.from(stringifyJson(value));
    case 'string':
      return cellText(value);
  }
}

/** Estimates the size of a value beyond the few bytes that every cell has. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null || value instanceof Date) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => sum + key.length + 16 + charactersOf(inner), 0);
}

function integer(value: unknown, name: string): bigint | null {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value))) return null;
  const whole = BigInt(value);
  if (BigInt.asIntN(64, whole) !== whole) throw unfit(whole, name);
  return whole;
}

function unfit(value: unknown, name: string): TabularError {
  const said = `The column ${name.slice(0, 100)} has the number ${String(value).slice(0, 60)}`;
  return new TabularError('unsupported', `${said}, which Parquet can't hold as its type says. Take it as text.`);
}

/** Converts an ISO 8601 timestamp to a number since 1970. */
function microseconds(text: string): bigint | null {
  const at = new Date(text).getTime();
  if (Number.isNaN(at)) return null;
  const finer = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? '';
  return BigInt(at) * 1000n + BigInt(finer.padEnd(3, '0'));
}
