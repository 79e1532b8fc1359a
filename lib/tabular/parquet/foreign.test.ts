import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { expect, it } from 'vitest';
import { ExactNumber, stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { readRows } from '@/lib/tabular/read-rows';
import type { ReadOptions, Values } from '@/lib/tabular/row';
import type { Column } from '@/lib/tabular/write-options';
import { writeRows } from '@/lib/tabular/write-rows';
import duckdbFiles from './duckdb-files.json';

async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/**
 * The file that DuckDB 1.5 wrote for `copy (<select>) to 'file' (format parquet)`. DuckDB itself is no dependency: its
 * binary takes 68 MB.
 */
function fileOf(select: keyof typeof duckdbFiles): Uint8Array {
  return Buffer.from(must(duckdbFiles[select], `a file for ${select}`), 'base64');
}

async function read(bytes: Uint8Array, options: ReadOptions = {}): Promise<Values[]> {
  const rows: Values[] = [];
  for await (const row of readRows(stream([bytes]), 'parquet', options)) if ('values' in row) rows.push(row.values);
  return rows;
}

async function write(rows: Values[], columns: Column[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of writeRows(stream(rows), 'parquet', { columns })) parts.push(part);
  return Buffer.concat(parts);
}

/** The values that Arrow's Rust implementation finds in each column of a file; timestamps as the stored microseconds. */
function arrowReads(bytes: Uint8Array): Record<string, unknown[]> {
  const table = tableFromIPC(readParquet(bytes).intoIPCStream());
  const columns = table.schema.fields.map(({ name }) => {
    const column = must(table.getChild(name), `column ${name}`);
    const stored = column.toArray();
    return [name, Array.from(column, (value: unknown, i) => (value === null ? null : stored[i]))] as const;
  });
  return Object.fromEntries(columns);
}

it.each([
  ['int64', '9007199254740993::bigint', '9007199254740993'],
  ['uint64', '18446744073709551615::ubigint', '18446744073709551615'],
  ['a decimal that a double holds', '1003.858::decimal(9,3)', '1003.858'],
  ['a negative decimal below one', '-0.05::decimal(4,2)', '-0.05'],
  ['a decimal of 64 bits', '123456789012.345678::decimal(18,6)', '123456789012.345678'],
  ['a decimal of 25 digits', '12345678901234567890.12::decimal(25,2)', '12345678901234567890.12'],
  ['a moment with microseconds', "timestamp '2026-01-31 23:59:59.123456'", '"2026-01-31T23:59:59.123456"'],
  ['a moment with nanoseconds', "timestamp_ns '2026-01-31 23:59:59.123456789'", '"2026-01-31T23:59:59.123456789"'],
  ['a moment in UTC', "timestamptz '2026-01-31 23:59:59.5+00'", '"2026-01-31T23:59:59.500Z"'],
  ['a moment before 1970', "timestamp '1969-12-31 23:59:59.999999'", '"1969-12-31T23:59:59.999999"'],
  ['a day', "date '1582-10-15'", '"1582-10-15"'],
  ['a time', "time '01:02:03.000004'", '"01:02:03.000004"'],
  ['a duration', "interval '14 months 3 days 1500 milliseconds'", '"P14M3DT1.5S"'],
  ['bytes that are no text', "'\\xFF\\x00abc'::blob", '"/wBhYmM="'],
  ['bytes that are text', "'abc'::blob", '"abc"'],
  ['an empty list', '[]::int[]', '[]'],
  ['no list', 'null::int[]', 'null'],
  ['lists in lists', '[[1,null],[],null]::int[][]', '[[1,null],[],null]'],
  ['a map', "map {'a': 9007199254740993, '__proto__': 2}", '{"a":9007199254740993,"__proto__":2}'],
  ['an empty map', 'map([]::varchar[], []::int[])', '{}'],
  ['a structure', "{'d': 1.10::decimal(30,2), 'l': [time '00:00:01']}", '{"d":1.1,"l":["00:00:01"]}'],
  ['an infinite number', "'inf'::double", '"Infinity"'],
  ['a UUID', "'0f5e4b1c-2d3e-4f5a-8b9c-0d1e2f3a4b5c'::uuid", '"0f5e4b1c-2d3e-4f5a-8b9c-0d1e2f3a4b5c"'],
] as const)('reads %s as DuckDB wrote it', async (_, sql, json) => {
  expect(stringifyJson(await read(fileOf(`select ${sql} as v`)))).toBe(`[{"v":${json}}]`);
});

it('returns a binary column as base64 from its first row on, and reports it', async () => {
  const remarks: string[] = [];
  const file = fileOf("select unnest(['text'::blob, '\\xFF'::blob]) as picture, 'x' as name");
  const rows = await read(file, { onRemark: (remark) => remarks.push(remark) });
  expect(rows).toEqual([
    { picture: 'dGV4dA==', name: 'x' },
    { picture: '/w==', name: 'x' },
  ]);
  expect(remarks).toEqual(['picture holds bytes that are no text: they are given as base64.']);
});

it('names an encrypted file', async () => {
  const file = fileOf('select 1 as v, encrypted');
  await expect(read(file)).rejects.toMatchObject({ code: 'unsupported', message: /encrypted/ });
});

it('writes what Arrow reads with every digit', async () => {
  const columns: Column[] = [
    { name: 'id', type: 'integer' },
    { name: 'at', type: 'date' },
    { name: 'more', type: 'json' },
    { name: 'text' },
  ];
  const rows = [
    {
      id: -9007199254740993n,
      at: '2026-01-31T23:59:59.123456Z',
      more: { n: [2n ** 64n] },
      text: new ExactNumber('1e400'),
    },
    { id: 1, at: '2026-01-31', more: '1', text: null },
    { id: null, at: null, more: null, text: '' },
  ];
  const file = await write(rows, columns);
  expect(arrowReads(file)).toEqual({
    id: [-9007199254740993n, 1n, null],
    at: [BigInt(Date.UTC(2026, 0, 31, 23, 59, 59)) * 1000n + 123456n, BigInt(Date.UTC(2026, 0, 31)) * 1000n, null],
    more: ['{"n":[18446744073709551616]}', '"1"', null],
    text: ['1e400', null, ''],
  });
  expect(await read(file)).toMatchObject([{ id: -9007199254740993n, more: { n: [2n ** 64n] } }, {}, {}]);
});

it.each([
  ['integer', 12345678901234567168n],
  ['number', 9007199254740993n],
  ['number', new ExactNumber('0.1000000000000000055')],
] as const)('refuses by name what a column of type %s cannot store', async (type, n) => {
  const refused = { code: 'unsupported', message: expect.stringContaining(`column n has the number ${n}`) };
  await expect(write([{ n }], [{ name: 'n', type }])).rejects.toMatchObject(refused);
});
