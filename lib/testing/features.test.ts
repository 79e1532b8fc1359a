import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const text = await readFile('docs/features.md', 'utf8');
const rows = [...text.matchAll(/^\| ([A-FX]\d+) \|(.*)$/gm)].map((m) => ({ row: m[1] ?? '', cells: m[2] ?? '' }));
const TEST_FILE = /`([\w./-]+\.(?:test|spec)\.tsx?)`/g;

test('the page has every row of every section', () => {
  const upTo = (letter: string, last: number) => Array.from({ length: last }, (_, i) => `${letter}${i + 1}`);
  expect(rows.map((r) => r.row)).toEqual([
    ...upTo('A', 10),
    ...upTo('B', 11),
    ...upTo('C', 6),
    ...upTo('D', 16),
    ...upTo('E', 17),
    ...upTo('F', 8),
    ...upTo('X', 13),
  ]);
});

test.each(rows)('$row names existing tests', async ({ cells }) => {
  const files = [...cells.matchAll(TEST_FILE)].map((m) => m[1] ?? '');
  for (const file of files) expect(existsSync(file), file).toBe(true);
  // A title belongs to the file that stands before it.
  for (const part of cells.split(/;\s/)) {
    const file = [...part.matchAll(TEST_FILE)].at(-1)?.[1];
    if (!file) continue;
    const source = await readFile(file, 'utf8');
    for (const [, title = ''] of part.matchAll(/"([^"]+)"/g)) expect(source, `${file}: ${title}`).toContain(title);
  }
});

test('every file that the page names exists', () => {
  const places = [...text.matchAll(/`((?:lib|workers|app|components|examples|prisma|scripts)\/[\w./-]+)`/g)];
  expect(places.length).toBeGreaterThan(50);
  expect(places.map((m) => m[1] ?? '').filter((path) => !existsSync(path))).toEqual([]);
});
