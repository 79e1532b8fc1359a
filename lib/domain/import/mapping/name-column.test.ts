import { expect, it } from 'vitest';
import { nameColumn } from './name-column';

const table = (rows: Record<string, unknown>[]) => ({ columns: Object.keys(rows[0] ?? {}), preview: rows });

it.each<[string, Record<string, unknown>[], string | null]>([
  [
    'the first column of short, different words',
    [
      { country: 'DE', city: 'Ulm', river: 'Danube' },
      { country: 'DE', city: 'Köln', river: 'Rhine' },
    ],
    'city',
  ],
  [
    'words before numbers, ids and mail addresses',
    [
      { no: 1, id: '0199f1b2-1234-7000-8000-123456789012', mail: 'a@example.org', name: 'Ann' },
      { no: 2, id: '0199f1b2-1234-7000-8000-123456789013', mail: 'b@example.org', name: 'Bob' },
    ],
    'name',
  ],
  [
    'numbers if nothing else is unique',
    [
      { country: 'DE', no: 1001 },
      { country: 'DE', no: 1002 },
    ],
    'no',
  ],
  [
    'no address, no JSON, no long text, no column with an empty or repeated cell',
    [
      { url: 'https://a.example', json: '{"a":1}', list: [1], text: 'x'.repeat(81), gap: '', same: 'a', tail: 'b' },
      { url: 'https://b.example', json: '{"a":2}', list: [2], text: 'y'.repeat(81), gap: 'z', same: 'a', tail: 'c' },
    ],
    'tail',
  ],
  ['nothing if no column is unique', [{ a: 'x' }, { a: 'x' }], null],
  ['no cell that is blank once it is cleaned', [{ a: ' \u200f', b: '' }], null],
])('chooses %s', (_, rows, column) => {
  expect(nameColumn(table(rows))).toBe(column);
});

it('keeps the column that was chosen while the table has it', () => {
  const rows = [{ city: 'Ulm', country: 'DE' }];
  expect(nameColumn(table(rows), 'country')).toBe('country');
  expect(nameColumn(table(rows), 'gone')).toBe('city');
});
