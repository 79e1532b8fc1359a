import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildJobs } from './build-jobs';
import { readConfig } from './read-config';
import { sourcesOf } from './sources';

// A yard: a folder outside of the repository, whose batchyard.config.ts names folders and packages of job types.

const root = process.cwd();
const examiner = join(root, 'dist', 'scripts', 'examine-job.js');
let yard: string;

beforeEach(() => {
  yard = realpathSync(mkdtempSync(join(tmpdir(), 'yard-')));
});
afterEach(() => rmSync(yard, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(yard, path)), { recursive: true });
    writeFileSync(join(yard, path), text);
  }
}

const job = (run = 'run: () => 1') =>
  `import { defineJob } from 'batchyard';\nimport { z } from 'zod';\nexport default defineJob({ input: z.object({}), ${run} });`;

const config = (text: string) => ({
  'batchyard.config.ts': `import { defineConfig } from 'batchyard';\nexport default defineConfig(${text});`,
});

const packageOf = (name: string, jobs?: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({
    name,
    version: '1.0.0',
    ...(jobs ? { batchyard: { jobs } } : {}),
  }),
});

const out = () => join(yard, '.batchyard', 'jobs');
const read = () => readConfig(yard, { root, out: out() });
const build = async () => buildJobs({ root, from: sourcesOf(yard, await read()), out: out(), examiner });

it('without a configuration the jobs are in the folder jobs', async () => {
  write({ 'jobs/word-count.ts': job() });
  const { folder, folders, entries } = await build();
  expect({ folder, folders }).toEqual({ folder: yard, folders: [join(yard, 'jobs')] });
  expect(entries).toMatchObject([{ type: 'word-count', path: 'jobs/word-count.ts', source: 'file', error: null }]);
});

it('folders and packages bring types, and a package compiles with its own packages', async () => {
  write({
    ...config("{ jobs: ['./jobs', './more'], packages: ['@acme/jobs'] }"),
    'jobs/word-count.ts': job(),
    'more/sync.ts': job(),
    ...packageOf('@acme/jobs', './jobs'),
    'node_modules/@acme/jobs/jobs/crm/import.js': `import { count } from '../_count.js';\n${job('run: () => count')}`,
    'node_modules/@acme/jobs/jobs/_count.js': "export { count } from 'counter';",
    'node_modules/counter/package.json':
      '{ "name": "counter", "version": "1.0.0", "type": "module", "main": "index.js" }',
    'node_modules/counter/index.js': 'export const count = 1;',
  });
  const { entries } = await build();
  expect(entries.map(({ type, source, error }) => [type, source, error])).toEqual([
    ['word-count', 'file', null],
    ['sync', 'file', null],
    ['crm/import', 'package', null],
  ]);
});

it('a package of a workspace, which is a link, is compiled from its place', async () => {
  write({
    ...config("{ packages: ['ours'] }"),
    'packages/ours/package.json': '{ "name": "ours", "version": "1.0.0", "batchyard": { "jobs": "./jobs" } }',
    'packages/ours/jobs/sync.ts': job(),
    'node_modules/.keep': '',
  });
  symlinkSync(join(yard, 'packages', 'ours'), join(yard, 'node_modules', 'ours'));
  expect((await build()).entries).toMatchObject([{ type: 'sync', path: 'packages/ours/jobs/sync.ts', error: null }]);
});

it('a package that is absent, brings no jobs, or names a folder outside is reported, and the others run', async () => {
  write({
    ...config("{ packages: ['absent', 'no-jobs', 'outside'] }"),
    'jobs/word-count.ts': job(),
    ...packageOf('no-jobs'),
    ...packageOf('outside', '../../jobs'),
  });
  const { entries } = await build();
  expect(entries.map(({ type, error }) => [type, error?.file, error?.message])).toEqual([
    ['absent', 'batchyard.config.ts', 'The package absent is not installed. Run: npm install absent'],
    ['no-jobs', 'batchyard.config.ts', expect.stringContaining('has no "batchyard": { "jobs": "./folder" }')],
    ['outside', 'batchyard.config.ts', expect.stringContaining('has no folder ../../jobs')],
    ['word-count', undefined, undefined],
  ]);
});

it('a name that two sources take is offered by neither, and both places are named', async () => {
  write({
    ...config("{ packages: ['jobs-of-others'] }"),
    'jobs/sync.ts': job(),
    ...packageOf('jobs-of-others', './jobs'),
    'node_modules/jobs-of-others/jobs/sync.js': job(),
  });
  const { entries } = await build();
  expect(entries).toHaveLength(2);
  for (const { error } of entries) {
    expect(error?.message).toMatch(
      /^jobs\/sync.ts and node_modules\/jobs-of-others\/jobs\/sync.js have the same name, so neither is offered/,
    );
  }
});

it('what is wrong with the configuration is said with its line', async () => {
  write(config("{ jobs: './jobs' }"));
  await expect(read()).rejects.toThrow(/^batchyard\.config\.ts {2}jobs: .*array/);
  write(config("{ packages: ['../evil'] }"));
  await expect(read()).rejects.toThrow('packages must be a list of names of npm packages');
  write(config("{ job: ['./jobs'] }"));
  await expect(read()).rejects.toThrow('Unrecognized key: "job"');
  write({ 'batchyard.config.ts': '\nexport default {{;' });
  await expect(read()).rejects.toThrow(/^batchyard\.config\.ts:2 {2}/);
  write({ 'batchyard.config.ts': "\n\nthrow new Error('no key');\nexport default {};" });
  await expect(read()).rejects.toThrow('batchyard.config.ts:3  Loading the file failed: no key');
  write({ 'batchyard.config.mjs': 'export default {};' });
  await expect(read()).rejects.toThrow('batchyard.config.ts and batchyard.config.mjs both configure this yard');
});
