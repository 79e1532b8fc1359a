import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

// Follows docs/job-types.md to the letter in a copy of the source, so that the guide can't go stale.
const COPIED = [
  'lib',
  'workers',
  'prisma',
  'package.json',
  'tsconfig.json',
  'biome.json',
  'vitest.config.ts',
  'scripts',
];
let root = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'batchyard-guide-')));
  for (const name of COPIED) await cp(name, join(root, name), { recursive: true });
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  const tsconfig = JSON.parse(await readFile('tsconfig.json', 'utf8'));
  const narrow = { ...tsconfig, include: ['lib/job-types/**/*.ts', 'workers/registry.ts', 'workers/runtime/**/*.ts'] };
  await writeFile(join(root, 'tsconfig.json'), JSON.stringify(narrow));
  const biome = JSON.parse(await readFile('biome.json', 'utf8'));
  await writeFile(join(root, 'biome.json'), JSON.stringify({ ...biome, $schema: undefined, vcs: undefined }));
  for (const block of await blocksOfGuide()) await follow(block);
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Block {
  kind: 'ts' | 'diff';
  file: string;
  text: string;
}

async function blocksOfGuide(): Promise<Block[]> {
  const guide = await readFile('docs/job-types.md', 'utf8');
  const found = [...guide.matchAll(/^```(ts|diff) (\S+)\n([\s\S]*?)^```$/gm)];
  return found.map(([, kind, file, text]) => ({ kind: kind as Block['kind'], file: file ?? '', text: text ?? '' }));
}

/** Writes a file as shown, or puts the lines with a plus after the line that stands before them. */
async function follow({ kind, file, text }: Block): Promise<void> {
  const target = join(root, file);
  await mkdir(dirname(target), { recursive: true });
  if (kind === 'ts') return writeFile(target, text);
  const lines = (await readFile(target, 'utf8')).split('\n');
  let at = -1;
  for (const line of text.split('\n').filter(Boolean)) {
    if (line.startsWith('+')) {
      lines.splice(at + 1, 0, line.slice(1));
      at += 1;
      continue;
    }
    at = lines.indexOf(line.slice(1), at + 1);
    if (at === -1) throw new Error(`The guide shows a line that ${file} does not have: ${line}`);
  }
  return writeFile(target, lines.join('\n'));
}

function run(
  command: string,
  args: string[],
  env: Record<string, string | undefined> = {},
): Promise<{ code: number; said: string }> {
  const binary = resolve('node_modules/.bin', command);
  return new Promise((done) => {
    execFile(binary, args, { cwd: root, env: { ...process.env, ...env }, maxBuffer: 1e7 }, (error, out, err) =>
      done({ code: error ? 1 : 0, said: out + err }),
    );
  });
}

test('the guide shows a type, its line in the catalogue, and two tests', async () => {
  expect((await blocksOfGuide()).map((b) => `${b.kind} ${b.file}`)).toEqual([
    'ts lib/job-types/word-count.ts',
    'diff lib/job-types/catalogue.ts',
    'ts lib/job-types/word-count.test.ts',
    'ts lib/job-types/word-count.queue.test.ts',
  ]);
});

test('the shown code compiles and respects the layers', async () => {
  const { said } = await run('tsc', ['--noEmit', '-p', '.', '--incremental', 'false']);
  expect(said.split('\n').filter((line) => line.includes('word-count') || line.includes('registry'))).toEqual([]);
  const lint = await run('biome', ['check', 'lib/job-types/word-count.ts', 'lib/job-types/word-count.test.ts']);
  expect(lint, lint.said).toMatchObject({ code: 0 });
});

test('the shown tests pass, one of them on real workers', async () => {
  const args = ['run', '--root', root, '--project', 'unit', '--project', 'postgres', 'lib/job-types/word-count'];
  const { code, said } = await run('vitest', args, {
    TEST_DATABASE_URL: inject('services').adminUrl,
    VITEST: undefined,
    NO_COLOR: '1',
  });
  expect(code, said).toBe(0);
  expect(said).toMatch(/Tests\s+4 passed/);
});
