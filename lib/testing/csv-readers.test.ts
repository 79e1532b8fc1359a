import { describe, expect, it } from 'vitest';
import { previewOf } from '@/components/job/file-preview';
import { parseItems } from '@/components/launch/parse-items';
import { detectReading } from '@/lib/domain/import/reading/detect-reading';
import { csvItems } from '@/lib/http/launch/csv-items';
import { readRows } from '@/lib/tabular/read-rows';
import { readTable } from '@/workers/processors/model-training/read-table';
import { collect } from './collect';

/** What a reader makes of a file: the cells of each row that it can read, without empty ones, and the other rows. */
interface Table {
  rows: Record<string, string>[];
  bad: number[];
}

const REST = Array.from({ length: 10 }, (_, i) => ({ name: `n${i}`, n: `${i}` }));
const withFiller = (text: string, delimiter = ',', end = '\n') =>
  text + REST.map(({ name, n }) => name + delimiter + n + end).join('');

const filled = (cells: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(cells).flatMap(([name, cell]) => (cell === '' ? [] : [[name, String(cell)]])));

const bytesOf = (text: string) => new TextEncoder().encode(text);
async function* chunksOf(text: string, size = 5): AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Names of cells, as every reader but two gives them by itself. */
const named = (header: readonly string[], cells: readonly string[]) =>
  filled(Object.fromEntries(header.map((name, i) => [name.trim(), cells[i] ?? ''])));

const READERS: Record<string, (text: string) => Promise<Table>> = {
  preview: async (text) => {
    const { preview, issues, header } = parseItems(text, 'csv', { fieldNames: [], lineField: 'x' });
    const bad = issues.map(({ row = 0 }) => row);
    const good = preview.filter(({ row }) => !bad.includes(row));
    return { rows: good.map((row) => named(header ?? [], row.text.split(' · '))), bad };
  },
  launch: async (text) => {
    const items = await collect(csvItems(chunksOf(text), (row) => ({ ...row })));
    return {
      rows: items.flatMap((item) => ('data' in item ? [filled(item.data as Record<string, unknown>)] : [])),
      bad: items.flatMap((item) => ('issue' in item ? [item.row] : [])),
    };
  },
  import: async (text) => {
    const { reading } = await detectReading(bytesOf(text), { name: 'table.csv', whole: true });
    const { format, ...options } = reading;
    const rows = await collect(readRows(chunksOf(text), format, options));
    return {
      rows: rows.flatMap((row) => ('values' in row ? [filled(row.values)] : [])),
      bad: rows.flatMap((row) => ('issue' in row ? [row.row] : [])),
    };
  },
  'job input': async (text) => {
    const look = previewOf(bytesOf(text), 'table', 'text/csv');
    if (look.kind !== 'table') throw new Error('it is shown as text');
    const rows = look.rows.map((cells, i) => ({ row: i + 1, cells })).filter(({ cells }) => cells.some(Boolean));
    const isBad = (cells: readonly string[]) => cells.length !== look.columns.length;
    return {
      rows: rows.flatMap(({ cells }) => (isBad(cells) ? [] : [named(look.columns, cells)])),
      bad: rows.flatMap(({ row, cells }) => (isBad(cells) ? [row] : [])),
    };
  },
};

/** Training refuses a file with a bad row, so it is compared without rows that are bad. */
async function trainingRows(text: string): Promise<Record<string, string>[]> {
  const { reading } = await detectReading(bytesOf(text), { name: 'table.csv', whole: true });
  return (await readTable(bytesOf(text), reading)).rows.map(filled);
}

const FIRST = { name: 'Ann', n: '1' };

const FILES: [what: string, text: string, wanted: Table][] = [
  ['commas', withFiller('name,n\nAnn,1\n'), { rows: [FIRST, ...REST], bad: [] }],
  ['a byte order mark', withFiller('\ufeffname,n\nAnn,1\n'), { rows: [FIRST, ...REST], bad: [] }],
  ['CRLF', withFiller('name,n\r\nAnn,1\r\n', ',', '\r\n'), { rows: [FIRST, ...REST], bad: [] }],
  ['CR alone', withFiller('name,n\rAnn,1\r', ',', '\r'), { rows: [FIRST, ...REST], bad: [] }],
  ['semicolons', withFiller('name;n\nAnn;1\n', ';'), { rows: [FIRST, ...REST], bad: [] }],
  ['tabs', withFiller('name\tn\nAnn\t1\n', '\t'), { rows: [FIRST, ...REST], bad: [] }],
  ['bars', withFiller('name|n\nAnn|1\n', '|'), { rows: [FIRST, ...REST], bad: [] }],
  [
    'semicolons beside decimal commas',
    withFiller('name;n\nAnn;1,5\nBob;2,5\n', ';'),
    { rows: [{ name: 'Ann', n: '1,5' }, { name: 'Bob', n: '2,5' }, ...REST], bad: [] },
  ],
  ['a separator line', withFiller('sep=;\r\nname;n\r\nAnn;1\r\n', ';', '\r\n'), { rows: [FIRST, ...REST], bad: [] }],
  [
    'quoted delimiters, line ends and quotes',
    withFiller('name,n\n"a, ""b""\n;c",1\n'),
    { rows: [{ name: 'a, "b"\n;c', n: '1' }, ...REST], bad: [] },
  ],
  [
    'a quote inside a cell',
    withFiller('name,n\n5" pipe,1\n'),
    { rows: [{ name: '5" pipe', n: '1' }, ...REST], bad: [] },
  ],
  ['ragged rows', withFiller('name,n\nAnn,1\n\n1\n1,2,3\n'), { rows: [FIRST, ...REST], bad: [2, 3] }],
  ['rows of blanks', withFiller('name,n\nAnn,1\n\n'), { rows: [FIRST, ...REST], bad: [] }],
  ['an unclosed quote', withFiller('name,n\nAnn,1\n"open,2\n'), { rows: [FIRST, ...REST], bad: [2] }],
  ['an unclosed quote in one of its two rows', 'name,n\nAnn,1\n"open,2\n', { rows: [FIRST], bad: [2] }],
  [
    'an unclosed quote beside a quoted comma in a small file',
    'name,n\n"Smith, Ann",1\n"open,2\n',
    { rows: [{ name: 'Smith, Ann', n: '1' }], bad: [2] },
  ],
  [
    'text after a closing quote in a small file',
    'name,n\nAnn,1\n"a"b,2\nBob,3\n',
    { rows: [FIRST, { name: 'Bob', n: '3' }], bad: [2] },
  ],
  [
    'quotes that are inches',
    'size,n\n5",1\n"6,2\n7",3\n"8,4\n"9,5\n',
    { rows: ['5"', '"6', '7"', '"8', '"9'].map((size, i) => ({ size, n: `${i + 1}` })), bad: [] },
  ],
  ['text after a closing quote', withFiller('name,n\nAnn,1\n"a"b,2\n'), { rows: [FIRST, ...REST], bad: [2] }],
];

describe.each(FILES)('a CSV with %s', (_, text, wanted) => {
  it.each(Object.entries(READERS))('is the same table for %s', async (_name, read) => {
    expect(await read(text)).toEqual(wanted);
  });

  it('is the same table for training', async () => {
    if (wanted.bad.length === 0) expect(await trainingRows(text)).toEqual(wanted.rows);
    else await expect(trainingRows(text)).rejects.toThrow(`row ${wanted.bad[0]} below the header`);
  });
});
