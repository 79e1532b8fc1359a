import { expect, it } from 'vitest';
import { notOneTable } from './several-files';

it.each([
  [['a.csv', 'b.TSV', 'c.txt'], null],
  [['a.jsonl', 'b.ndjson'], null],
  [['only.xlsx'], null],
  [['a.xlsx', 'b.xlsx'], 'one workbook at a time'],
  [['a.csv', 'b.json'], 'a.csv and b.json are of different kinds'],
  [['a.csv', 'photo.png'], 'photo.png is no CSV'],
  [['README'], 'README is no CSV'],
])('%j', (names, why) => {
  if (why === null) expect(notOneTable(names)).toBeNull();
  else expect(notOneTable(names)).toContain(why);
});
