import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkedFiles, findRetired } from './retired-words.mjs';

const rules = [
  { word: 'oldName', use: 'newName' },
  { word: /\bmend(s|ed)?\b/i, use: 'repair', only: /^docs\// },
];

test('names the file, the line, the word and its replacement', () => {
  expect(findRetired('docs/a.md', 'fine\nMends oldName\n', rules)).toEqual([
    { file: 'docs/a.md', line: 2, word: 'oldName', use: 'newName' },
    { file: 'docs/a.md', line: 2, word: 'Mends', use: 'repair' },
  ]);
});

test('matches whole words with their case, and leaves other paths alone', () => {
  expect(findRetired('lib/a.ts', 'oldNames, OldName, mended', rules)).toEqual([]);
});

test('leaves out what git ignores, migrations and the glossary', () => {
  const root = mkdtempSync(join(tmpdir(), 'batchyard-words-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['docs', 'lib/db/generated', 'node_modules/a', 'prisma/migrations/1']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, '.gitignore'), 'node_modules/\nlib/db/generated/\n.env\n');
  for (const file of ['a.ts', 'b.png', 'docs/c.md', 'docs/glossary.md', 'lib/db/d.ts', 'lib/db/generated/e.ts']) {
    writeFileSync(join(root, file), '');
  }
  for (const file of ['node_modules/a/f.ts', 'prisma/migrations/1/g.json']) writeFileSync(join(root, file), '');
  expect(checkedFiles(root).sort()).toEqual(['a.ts', 'docs/c.md', 'lib/db/d.ts']);
});

test('fails as a check with one line for each finding', () => {
  const root = mkdtempSync(join(tmpdir(), 'batchyard-words-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, '.gitignore'), '');
  const run = () =>
    execFileSync(process.execPath, [resolve('scripts/lib/retired-words.mjs')], { cwd: root }).toString();
  expect(run()).toBe('');
  writeFileSync(join(root, 'README.md'), 'A control room.\nEach folder is a room.\n');
  let output = '';
  try {
    run();
  } catch (error) {
    output = String((error as { stdout: Buffer }).stdout);
  }
  expect(output).toContain('README.md:2 uses "a room". Write instead: layer');
});
