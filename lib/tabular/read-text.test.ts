import { describe, expect, it } from 'vitest';
import { ExactNumber } from '@/lib/contracts/json';
import { readRows } from './read-rows';
import type { ReadOptions, ReadRow, TabularFormat } from './row';

/** The bytes, cut into pieces of a size: what is read must not depend on where a chunk ends. */
async function* pieces(bytes: Uint8Array, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function rowsOf(text: string | Uint8Array, format: TabularFormat, options: ReadOptions = {}) {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let first: ReadRow[] | undefined;
  for (const size of [1, 2, 3, 7, 65_536]) {
    const rows: ReadRow[] = [];
    for await (const row of readRows(pieces(bytes, size), format, options)) rows.push(row);
    first ??= rows;
    expect(rows, `in pieces of ${size}`).toEqual(first);
  }
  return first ?? [];
}

const values = (rows: ReadRow[]) => rows.map((row) => ('values' in row ? row.values : row));
const failing = (work: Promise<unknown>) =>
  work.then(
    () => 'read',
    (error) => error.code,
  );

describe('CSV', () => {
  it.each<[string, string, string[][]]>([
    [
      'ordinary cells',
      'a,b\n1,2\n3,4\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['no line end at the end', 'a,b\r\n1,2', [['1', '2']]],
    [
      'line ends of every kind',
      'a,b\r1,2\r\n3,4\n5,6',
      [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    ['quotes', 'a,b\n"x, ""y""","l1\nl2"\n', [['x, "y"', 'l1\nl2']]],
    ['empty cells, and no rows of nothing else', 'a,b\n\n,\n"",x\n\n', [['', 'x']]],
    ['a quote inside a cell', 'a,b\n5" disk,x"y"\n', [['5" disk', 'x"y"']]],
    ['a byte order mark', '\ufeffa,b\n1,2\n', [['1', '2']]],
    ['characters of several bytes', 'a,b\nčřž,🙂\n', [['čřž', '🙂']]],
    ['blanks, kept', 'a,b\n 1 ,"  "\n', [[' 1 ', '  ']]],
  ])('reads %s', async (_, text, cells) => {
    expect(values(await rowsOf(text, 'csv'))).toEqual(cells.map(([a, b]) => ({ a, b })));
  });

  it('continues after a wrong row, and names it', async () => {
    const text = 'a,b\n1,2\n1,2,3\n1\n"x"y,4\n5,6\n"open,7\n8,9\n';
    expect(await rowsOf(text, 'csv')).toEqual([
      { row: 1, values: { a: '1', b: '2' } },
      { row: 2, issue: 'has 3 cells, the header has 2', cells: { a: '1', b: '2', column_3: '3' } },
      { row: 3, issue: 'has 1 cell, the header has 2', cells: { a: '1' } },
      { row: 4, issue: 'a closing quote is followed by more; double the quotes inside a cell' },
      { row: 5, values: { a: '5', b: '6' } },
      { row: 6, issue: 'a quoted cell is never closed' },
      { row: 7, values: { a: '8', b: '9' } },
    ]);
  });

  it.each(['x'.repeat(5000), `"${'x'.repeat(5000)}`, `"a\n",${'x'.repeat(5000)}`, `"${'\n'.repeat(200)}`])(
    'buffers at most the allowed part of a row: %#',
    async (long) => {
      const rows = await rowsOf(`a,b\n1,2\n${long}\n3,4\n`, 'csv', { maxRowCharacters: 100 });
      expect(rows[0]).toEqual({ row: 1, values: { a: '1', b: '2' } });
      expect(rows[1]).toHaveProperty('issue');
      expect(values(rows).at(-1)).toEqual({ a: '3', b: '4' });
    },
  );

  it('names columns that are empty or repeated', async () => {
    const seen: string[][] = [];
    const rows = await rowsOf(' a ,,a\n1,2,3\n', 'csv', { onColumns: (columns) => seen.push(columns) });
    expect(seen[0]).toEqual(['a', 'column_2', 'a_2']);
    expect(values(rows)).toEqual([{ a: '1', column_2: '2', a_2: '3' }]);
    expect(values(await rowsOf('1;2', 'csv', { header: false, delimiter: ';' }))).toEqual([
      { column_1: '1', column_2: '2' },
    ]);
    const [hostile] = values(await rowsOf('__proto__,constructor\n1,2\n', 'csv')) as Record<string, unknown>[];
    expect(Object.entries(hostile ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it('reads other encodings, quotes and delimiters', async () => {
    const latin = Buffer.from("n;q\nMüller;'a;b'\n", 'latin1');
    const options = { encoding: 'windows-1252', delimiter: ';', quote: "'" };
    expect(values(await rowsOf(latin, 'csv', options))).toEqual([{ n: 'Müller', q: 'a;b' }]);
    const utf16 = Buffer.from('\ufeffa\tb\n🙂\t2\n', 'utf16le');
    expect(values(await rowsOf(utf16, 'tsv', { encoding: 'utf-16le' }))).toEqual([{ a: '🙂', b: '2' }]);
    expect(values(await rowsOf('a,b\n"1,2\n', 'csv', { quote: '' }))).toEqual([{ a: '"1', b: '2' }]);
    expect(await failing(rowsOf('a', 'csv', { encoding: 'klingon' }))).toBe('unsupported');
  });

  it('names the rows with bytes of another encoding, and only those', async () => {
    const mixed = Buffer.concat([Buffer.from('a,b\n1,\ufffd\nM'), Buffer.from([0xfc]), Buffer.from('ller,2\n3,4\n')]);
    const rows: ReadRow[] = [];
    for await (const row of readRows(pieces(mixed, 10), 'csv')) rows.push(row);
    expect(rows).toEqual([
      { row: 1, values: { a: '1', b: '\ufffd' } },
      { row: 2, issue: 'holds bytes that are not UTF-8' },
      { row: 3, values: { a: '3', b: '4' } },
    ]);
  });

  it('refuses more columns than allowed', async () => {
    expect(await failing(rowsOf(`${'a,'.repeat(2000)}a\n`, 'csv'))).toBe('too-many-columns');
  });
});

describe('JSON Lines', () => {
  it('reads values and names invalid lines', async () => {
    const rows = await rowsOf('{"a":1,"b":{"c":[true,null]}}\r\n\n7\n{"a":\n[1,2]\n{"__proto__":1}', 'jsonl');
    expect(rows.slice(0, 4)).toEqual([
      { row: 1, values: { a: 1, b: { c: [true, null] } } },
      { row: 2, values: { value: 7 } },
      { row: 3, issue: 'is not valid JSON' },
      { row: 4, values: { value: [1, 2] } },
    ]);
    expect(rows).toHaveLength(5);
  });

  it('buffers at most the allowed length and depth of a line', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const rows: ReadRow[] = [];
    const text = `${deep}\n{"a":"${'x'.repeat(900_000)}"}\n{"a":2}`;
    for await (const row of readRows(pieces(Buffer.from(text), 65_536), 'jsonl', { maxRowCharacters: 500_000 })) {
      rows.push(row);
    }
    expect(rows).toEqual([
      { row: 1, issue: 'is nested deeper than 100 levels' },
      { row: 2, issue: 'is longer than 500,000 characters' },
      { row: 3, values: { a: 2 } },
    ]);
  });
});

describe('JSON', () => {
  it.each<[string, string, unknown[]]>([
    [
      'an array',
      ' [ {"a":1}, {"a":"],[{\\"\\\\"} ,3,"x" ] \n',
      [{ a: 1 }, { a: '],[{"\\' }, { value: 3 }, { value: 'x' }],
    ],
    ['nothing', '[]', []],
    ['nothing with blanks', ' [ \n ] ', []],
    ['one object', '{"a":{"b":[1,2]},"c":"}"}', [{ a: { b: [1, 2] }, c: '}' }]],
    ['nested arrays', '[[1,[2]],[]]', [{ value: [1, [2]] }, { value: [] }]],
    ['a byte order mark', '\ufeff[1]', [{ value: 1 }]],
    ['no form feed as a blank', '[\f]', [{ row: 1, issue: 'is not valid JSON' }]],
    [
      'numbers with all digits',
      '[9007199254740993,{"n":1e400}]',
      [{ value: 2n ** 53n + 1n }, { n: new ExactNumber('1e400') }],
    ],
  ])('reads %s', async (_, text, expected) => {
    expect(values(await rowsOf(text, 'json'))).toEqual(expected);
  });

  it('continues after a wrong element', async () => {
    const long = `{"a":"${'x'.repeat(500)}"}`;
    expect(await rowsOf(`[{"a":1},{a:2},,${long},{"a":3}]`, 'json', { maxRowCharacters: 100 })).toEqual([
      { row: 1, values: { a: 1 } },
      { row: 2, issue: 'is not valid JSON' },
      { row: 3, issue: 'is not valid JSON' },
      { row: 4, issue: 'is longer than 100 characters' },
      { row: 5, values: { a: 3 } },
    ]);
  });

  it.each(['[{"a":1}', '[1]]', '[1] 2', '{"a":1}}', ']', '["x'])('refuses %s', async (text) => {
    expect(await failing(rowsOf(text, 'json'))).toBe('corrupt-file');
  });
});
