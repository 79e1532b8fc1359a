import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildJobs } from './build-jobs';
import { examineJob } from './examine';
import { readManifest } from './manifest';
import { readDefinition } from './read-definition';
import { oneFolder } from './sources';

const root = process.cwd();
const examiner = join(root, 'scripts', 'examine-job.ts');
let place = '';
const folder = () => join(place, 'jobs');

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'own-jobs-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), text);
  }
}

const build = () => buildJobs({ root, from: oneFolder(folder()), out: join(place, 'out'), examiner });

const job = (run = 'async run({ data }) { return { words: data.text.split(" ").length }; }') => `
import { defineJob } from 'batchyard';
import { z } from 'zod';
export default defineJob({
  input: z.object({ text: z.string().describe('any text') }),
  output: z.object({ words: z.int() }),
  ${run},
});
`;

it('a folder without files, and a missing one, define nothing', async () => {
  expect((await build()).entries).toEqual([]);
  write({ '_shared.ts': 'export const a = 1;', 'word-count.test.ts': 'nothing', 'types.d.ts': 'nothing' });
  expect((await build()).entries).toEqual([]);
});

it('a file becomes a type of its name, with its schemas, and runs', async () => {
  write({ 'word-count.ts': job(), 'crm/sync.ts': job() });
  const manifest = await build();
  expect(manifest.entries.map(({ type, error }) => [type, error])).toEqual([
    ['crm/sync', null],
    ['word-count', null],
  ]);
  const entry = manifest.entries[1];
  expect(entry?.definition).toMatchObject({
    title: 'Word count',
    inputSchema: {
      type: 'object',
      properties: { text: { type: 'string', description: 'any text' } },
      required: ['text'],
    },
    defaults: { maxAttempts: 1 },
    consumerConcurrency: 10,
  });
  expect(readManifest(join(place, 'out', 'manifest.json'))).toEqual(manifest);
  const definition = readDefinition('word-count', await import(pathToFileURL(entry?.module ?? '').href));
  expect(await definition.run({ data: { text: 'one two' } } as never)).toEqual({ words: 2 });
});

it('packages of the folder stay where they are, and files beside it are compiled in', async () => {
  write({
    '../node_modules/counter/package.json': '{ "name": "counter", "version": "1.0.0", "main": "index.cjs" }',
    '../node_modules/counter/index.cjs': 'exports.count = (text) => text.length;',
    '_shared.ts': 'export const twice = (n: number) => 2 * n;',
    'length.ts': `
import { defineJob } from 'batchyard';
import { count } from 'counter';
import { z } from 'zod';
import { twice } from './_shared';
export default defineJob({ input: z.object({ text: z.string() }), run: async ({ data }) => twice(count(data.text)) });`,
  });
  const [entry] = (await build()).entries;
  expect(entry?.error).toBeNull();
  const definition = readDefinition('length', await import(pathToFileURL(entry?.module ?? '').href));
  expect(await definition.run({ data: { text: 'four' } } as never)).toBe(8);
});

it('the same code has the same version in every folder, and other code another', async () => {
  write({ 'word-count.ts': job() });
  const [first] = (await build()).entries;
  const other = join(place, 'elsewhere');
  mkdirSync(other);
  writeFileSync(join(other, 'word-count.ts'), job());
  const [same] = (await buildJobs({ root, from: oneFolder(other), out: join(place, 'out-2'), examiner })).entries;
  expect(same?.version).toBe(first?.version);
  write({ 'word-count.ts': job('async run() { return { words: 1 }; }') });
  expect((await build()).entries[0]?.version).not.toBe(first?.version);
});

const BROKEN = {
  'syntax.ts': 'export default {\n  input: z.object(,\n};',
  'package.ts': "\nimport 'no-such-package';\nexport default {};",
  'throws.ts': "\n\nthrow new Error('no key');",
  'nothing.ts': 'export const job = 1;',
  'no-run.ts': "import { z } from 'zod';\nexport default { input: z.object({}) };",
  'no-schema.ts': 'export default { input: { text: "string" }, run() {} };',
  'both.ts': "import { z } from 'zod';\nexport default { input: z.object({}), maxItems: 3, run() {}, runMany() {} };",
  'exits.ts': "process.stderr.write('bye');\nprocess.exit(3);",
  'map.ts': "import { z } from 'zod';\nexport default { input: z.map(z.string(), z.date()), run() {} };",
};

it('what is wrong with a file is reported with its line, and harms no other file', async () => {
  write({ ...BROKEN, 'word-count.ts': job() });
  const { entries } = await build();
  expect(entries.filter(({ error }) => error === null).map(({ type }) => type)).toEqual(['word-count']);
  const said = Object.fromEntries(entries.map(({ path, error }) => [path, error]));
  expect(said['syntax.ts']).toEqual({ message: expect.stringMatching(/Unexpected/), file: 'syntax.ts', line: 2 });
  expect(said['package.ts']).toEqual({
    message: 'Could not resolve "no-such-package"',
    file: 'package.ts',
    line: 2,
  });
  expect(said['throws.ts']).toEqual({ message: 'Loading the file failed: no key', file: 'throws.ts', line: 3 });
  expect(said['nothing.ts']?.message).toMatch(/no default export/);
  expect(said['no-run.ts']?.message).toMatch(/run must be a function/);
  expect(said['no-schema.ts']?.message).toMatch(/input must be a zod schema/);
  expect(said['both.ts']?.message).toMatch(/either run or runMany/);
  expect(said['exits.ts']?.message).toMatch(/ended the process \(exit 3\).*bye/);
  expect(said['map.ts']?.message).toMatch(/input can't be described as JSON Schema/);
});

it('a file that hangs is given up after the time limit', async () => {
  write({ 'hangs.ts': 'await new Promise(() => setInterval(() => undefined, 1000));' });
  mkdirSync(join(place, 'out'));
  const module = join(place, 'out', 'hangs.mjs');
  writeFileSync(module, 'await new Promise(() => setInterval(() => undefined, 1000));');
  const examined = await examineJob(examiner, { type: 'hangs', module, path: 'hangs.ts', folder: folder() }, 3000);
  expect(examined).toMatchObject({ error: { file: 'hangs.ts', message: expect.stringMatching(/longer than 3 s/) } });
});

it('two files of one name are both broken, a reserved and a wrong name too; each says so', async () => {
  write({ 'sync.ts': job(), 'sync.mjs': 'export default {};', 'diagnostic.ts': job(), 'Word_Count.ts': job() });
  const messages = Object.fromEntries((await build()).entries.map(({ path, error }) => [path, error?.message]));
  expect(messages['sync.ts']).toMatch(/sync.mjs and sync.ts have the same name, so neither is offered/);
  expect(messages['sync.mjs']).toBe(messages['sync.ts']);
  expect(messages['diagnostic.ts']).toMatch(/name of a built-in type/);
  expect(messages['Word_Count.ts']).toMatch(/lower-case letters/);
});
