import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { readRows } from './read-rows';
import { sheetNames } from './read-xlsx';
import type { ReadOptions, TabularFormat, Values } from './row';
import type { Column, WriteOptions } from './write-options';
import { writeRows } from './write-rows';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-tabular-'));
process.env.DATA_DIR = folder;
afterAll(() => {
  // A spooled file has no name, also while it is read.
  expect(readdirSync(join(folder, 'spool'))).toEqual([]);
  rmSync(folder, { recursive: true });
});

async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function written(rows: Iterable<Values>, format: TabularFormat, options: WriteOptions = {}): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of writeRows(stream(rows), format, options)) parts.push(part);
  return Buffer.concat(parts);
}

async function read(bytes: Uint8Array, format: TabularFormat, options: ReadOptions = {}) {
  const rows = [];
  for await (const row of readRows(stream([bytes]), format, options)) rows.push('values' in row ? row.values : row);
  return rows;
}

const failing = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code ?? String(error),
  );

const columns: Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'price', type: 'number' },
  { name: 'name', type: 'string' },
  { name: 'ok', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'more', type: 'json' },
];
const rows: Values[] = [
  { id: 1, price: 1.5, name: 'a,b "c"\r\nd', ok: true, day: '2026-02-28', more: { a: [1, null] } },
  { id: 2, price: -0.001, name: '=1+1', ok: false, day: '2026-02-28T10:20:30.000Z', more: [] },
  { id: 3, price: null, name: ' čř 🙂 <&> \u0001 _x0041_ ', ok: null, day: null, more: null },
];

describe.each(['json', 'jsonl'] as const)('%s', (format) => {
  it('returns what was written', async () => {
    expect(await read(await written(rows, format), format)).toEqual(rows);
    expect(await read(await written([], format), format)).toEqual([]);
  });
});

describe.each(['csv', 'tsv'] as const)('%s', (format) => {
  it('returns the same text', async () => {
    expect(await read(await written(rows, format, { columns }), format)).toEqual([
      { id: '1', price: '1.5', name: 'a,b "c"\r\nd', ok: 'true', day: '2026-02-28', more: '{"a":[1,null]}' },
      { id: '2', price: '-0.001', name: '=1+1', ok: 'false', day: '2026-02-28T10:20:30.000Z', more: '[]' },
      { id: '3', price: '', name: ' čř 🙂 <&> \u0001 _x0041_ ', ok: '', day: '', more: '' },
    ]);
  });
});

it('escapes formulas in CSV on request', async () => {
  const cells = ['=1+1', '+x', '-x', '@x', '\tx', '-12.50', 'a=b'].map((a) => ({ a }));
  const text = (await written(cells, 'csv', { columns: [{ name: 'a' }], guardFormulas: true, bom: true })).toString();
  expect(text).toBe(`\ufeffa\r\n'=1+1\r\n'+x\r\n'-x\r\n'@x\r\n'\tx\r\n-12.50\r\na=b\r\n`);
  expect(await failing(written(rows, 'csv'))).toBe('no-columns');
});

describe('xlsx', () => {
  it('returns values with their types', async () => {
    const bytes = await written(rows, 'xlsx', { columns, sheet: 'A [b]' });
    expect(await sheetNames(stream([bytes]))).toEqual(['A  b']);
    expect(await read(bytes, 'xlsx')).toEqual([
      { ...rows[0], more: '{"a":[1,null]}' },
      { ...rows[1], more: '[]' },
      rows[2],
    ]);
    expect(await failing(read(bytes, 'xlsx', { sheet: 'other' }))).toBe('unsupported');
  });

  it('reports what a cell cannot store', async () => {
    const issues: string[] = [];
    const onIssue = (row: number, issue: string) => void issues.push(`${row} ${issue}`);
    const bytes = await written([{ a: 'x'.repeat(40_000) }], 'xlsx', { columns: [{ name: 'a' }], onIssue });
    expect(issues).toEqual(['1 a was cut to 32,767 characters, the most that XLSX allows']);
    const [row] = (await read(bytes, 'xlsx')) as Values[];
    expect(row?.a).toHaveLength(32_767);
    expect(row?.a).toMatch(/^x{32,}.* … \[cut: 40,000 characters, a cell of XLSX holds 32,767]$/);
    expect(await sheetNames(stream([bytes]))).toEqual(['Rows', 'Notes']);
    expect(await read(bytes, 'xlsx', { sheet: 'Notes', header: false })).toMatchObject([
      { column_1: expect.stringContaining('CSV and JSONL hold all') },
      { column_1: 'Cell A2 (a) has 40,000 characters and was cut.' },
    ]);
  });

  it('passes on the error that ended the rows', async () => {
    async function* failingRows() {
      yield { a: 1 };
      throw new Error('the source broke');
    }
    const output = writeRows(failingRows(), 'xlsx', { columns: [{ name: 'a' }] });
    await expect(
      (async () => {
        for await (const _ of output) void _;
      })(),
    ).rejects.toThrow('the source broke');
  });
});

describe('parquet', () => {
  it('returns values with their types', async () => {
    expect(await read(await written(rows, 'parquet', { columns }), 'parquet')).toEqual([
      { ...rows[0], day: '2026-02-28T00:00:00.000Z' },
      rows[1],
      rows[2],
    ]);
  });

  it('keeps large whole numbers, and many groups', async () => {
    const many = Array.from({ length: 45_000 }, (_, i) => ({ n: i % 7 === 0 ? 9007199254740993n : i, s: `row ${i}` }));
    const bytes = await written(many, 'parquet', { columns: [{ name: 'n', type: 'integer' }, { name: 's' }] });
    expect(await read(bytes, 'parquet')).toEqual(many);
  });

  it('has small groups where rows are large, so that no group exceeds the memory', async () => {
    const large = Array.from({ length: 80 }, (_, i) => ({
      text: `${i}${'x'.repeat(500_000)}`,
      list: [String(i).repeat(1000)],
    }));
    const bytes = await written(large, 'parquet', { columns: [{ name: 'text' }, { name: 'list', type: 'json' }] });
    const { row_groups: groups } = parquetMetadata(new Uint8Array(bytes).buffer);
    expect(Math.max(...groups.map(({ num_rows }) => Number(num_rows)))).toBeLessThan(20);
    expect(await read(bytes, 'parquet')).toEqual(large);
  });

  it('refuses damaged files', async () => {
    const bytes = await written(rows, 'parquet', { columns });
    expect(await failing(read(Buffer.from('PAR1 nothing PAR1'), 'parquet'))).toBe('corrupt-file');
    expect(await failing(read(bytes.subarray(0, bytes.length - 20), 'parquet'))).toBe('corrupt-file');
    expect(await failing(read(Buffer.alloc(0), 'parquet'))).toBe('corrupt-file');
  });
});

/** A spreadsheet of these parts, as a hostile or an unusual writer would make it. */
async function zipped(parts: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  const all = {
    'xl/workbook.xml':
      '<x:workbook xmlns:x="m" xmlns:q="r"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="S" q:id="r1"/></x:sheets></x:workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="r1" Target="/xl/s.xml"/></Relationships>',
    'xl/styles.xml': '<s><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="20"/></cellXfs></s>',
    ...parts,
  };
  for (const [name, content] of Object.entries(all)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of zip.outputStream as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const sheet = (xml: string) => zipped({ 'xl/s.xml': `<worksheet><sheetData>${xml}</sheetData></worksheet>` });

describe('spreadsheets of other programs', () => {
  it('are read with shared texts, dates, errors, formulas, gaps and prefixes', async () => {
    const bytes = await zipped({
      'xl/sharedStrings.xml':
        '<sst><si><t>name</t></si><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></si></sst>',
      'xl/s.xml': `<x:worksheet xmlns:x="m"><x:sheetData>
        <x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c><x:c r="C2" t="inlineStr"><x:is><x:t>when</x:t></x:is></x:c></x:row>
        <x:row r="4"><x:c r="A4" t="s"><x:v>1</x:v></x:c><x:c r="B4" t="e"><x:v>#DIV/0!</x:v></x:c><x:c r="C4" s="1"><x:v>0</x:v></x:c></x:row>
        <x:row r="5"/><x:row r="6"><x:c r="B6" t="str"><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c r="C6" s="1"><x:v>1.5</x:v></x:c></x:row>
        <x:row r="7"><x:c r="D7"><x:v>7</x:v></x:c></x:row>
      </x:sheetData></x:worksheet>`,
    });
    expect(await read(bytes, 'xlsx')).toEqual([
      { row: 1, issue: 'column_2 holds the Excel error #DIV/0!, which is no value: correct it in the workbook' },
      { name: null, column_2: '2', when: '1904-01-02T12:00:00.000Z' },
      {
        row: 3,
        issue: 'has 4 cells, the header has 3',
        cells: { name: null, column_2: null, when: null, column_4: 7 },
      },
    ]);
  });

  it('are refused if they are decompression bombs', async () => {
    const cell = '<c t="inlineStr"><is><t>a</t></is></c>';
    expect(await failing(sheet(`<row>${cell}</row>${' '.repeat(120_000_000)}`).then((b) => read(b, 'xlsx')))).toBe(
      'too-large',
    );
    const entities = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><worksheet><sheetData><row/></sheetData></worksheet>';
    expect(await failing(zipped({ 'xl/s.xml': entities }).then((b) => read(b, 'xlsx')))).toBe('corrupt-file');
    expect(await failing(sheet('<row><c r="ZZZZ1"><v>1</v></c></row>').then((b) => read(b, 'xlsx')))).toBe(
      'too-many-columns',
    );
    const long = await sheet(`<row>${cell}</row><row><c t="inlineStr"><is><t>${'x'.repeat(3e6)}</t></is></c></row>`);
    expect(await read(long, 'xlsx')).toEqual([{ row: 1, issue: 'is longer than 1,048,576 characters' }]);
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ['no ZIP', async () => Buffer.from('PK no zip')],
    ['a cut ZIP', async () => (await sheet('<row/>')).subarray(0, 300)],
    ['no workbook', async () => (await zipped({ 'xl/workbook.xml': '<a/>' })).subarray()],
    ['broken XML', () => sheet('<row><c></row>')],
    ['an unknown entity', () => sheet('<row><c t="inlineStr"><is><t>&b;</t></is></c></row>')],
    ['raw deflate', async () => deflateRawSync('x')],
  ])('are refused if they are damaged: %s', async (_, make) => {
    expect(await failing(make().then((bytes) => read(bytes, 'xlsx')))).toBe('corrupt-file');
  });

  it('are refused if they are larger than allowed', async () => {
    const bytes = await sheet('<row/>');
    expect(await failing(read(bytes, 'xlsx', { maxFileBytes: 100 }))).toBe('too-large');
  });
});
