import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** file, what it imports, whether the layer rules allow it */
const IMPORTS: [file: string, imported: string, allowed: boolean][] = [
  ['lib/contracts/a.ts', 'zod', true],
  ['lib/contracts/b.ts', '@/lib/config/env', false],
  ['lib/config/a.ts', '@/lib/contracts/status', false],
  ['lib/config/redis.ts', 'ioredis', true],
  ['lib/config/b.ts', 'ioredis', false],
  ['lib/job-types/a.ts', '@/lib/contracts/status', true],
  ['lib/job-types/b.ts', '@/lib/db', false],
  ['lib/job-types/c.ts', '@/lib/config/env', false],
  ['lib/own-jobs/a.ts', '@/lib/job-types/definition', true],
  ['lib/own-jobs/b.ts', '@/lib/domain/context', false],
  ['lib/query/a.ts', '@/lib/contracts/status', true],
  ['lib/query/b.ts', '@/lib/db/sql', false],
  ['lib/query/c.ts', 'react', false],
  ['lib/domain/query/a.ts', '@/lib/query/parse', true],
  ['components/job/g.tsx', '@/components/query/query-bar', true],
  ['lib/db/a.ts', '@/lib/config/env', true],
  ['lib/db/b.ts', '@/lib/domain/context', false],
  ['lib/queue/a.ts', 'bullmq', true],
  ['lib/queue/b.ts', '@/lib/job-types', true],
  ['lib/queue/c.ts', '@/lib/db', false],
  ['lib/interop/a.ts', 'bullmq', true],
  ['lib/interop/b.ts', '@/lib/domain/context', true],
  ['lib/interop/c.ts', '@/workers/runtime/consume', false],
  ['lib/events/a.ts', 'bullmq', true],
  ['lib/events/b.ts', '@/lib/job-types', false],
  ['lib/api-client/a.ts', '@/lib/contracts/status', true],
  ['lib/api-client/b.ts', '@/lib/config/env', false],
  ['lib/outbound/a.ts', '@/lib/config/env', true],
  ['lib/outbound/b.ts', '@/lib/db', false],
  ['lib/domain/batch/a.ts', '@/lib/queue', true],
  ['lib/domain/batch/b.ts', '@/lib/http/route', false],
  ['lib/domain/batch/c.ts', 'next/server', false],
  ['lib/domain/batch/d.ts', 'react', false],
  ['lib/domain/batch/e.ts', 'bullmq', false],
  ['lib/domain/batch/f.ts', '../context', false],
  ['lib/domain/batch/i.ts', '@/lib/outbound', true],
  ['lib/domain/batch/j.ts', '@/lib/interop/retry-external', true],
  ['lib/domain/batch/k.ts', '@/lib/interop/run-adopted', false],
  ['lib/domain/batch/g.ts', '@/lib/testing', false],
  ['lib/domain/batch/h.test.ts', '@/lib/testing', true],
  ['lib/http/a.ts', '@/lib/domain/context', true],
  ['lib/http/b.ts', '@/lib/db', false],
  ['lib/client/a.ts', '@/lib/contracts', true],
  ['lib/client/b.ts', '@/lib/domain/context', false],
  ['components/ui/a.tsx', '@/lib/contracts', true],
  ['components/batch/a.tsx', '@/components/ui/button', true],
  ['components/batch/b.tsx', '@/lib/domain/context', false],
  ['components/batch/c.tsx', '@/components/shell/rail', false],
  ['components/batch/d.tsx', '@/components/shared/gating', true],
  ['components/batch/e.tsx', '@/components/job/job-progress-modal', true],
  ['components/batch/f.tsx', '@/components/job/job-view', false],
  ['components/batch/g.tsx', 'next/link', false],
  ['components/ui/link.tsx', 'next/link', true],
  ['app/page.tsx', '@/components/shell/rail', true],
  ['app/c/page.tsx', 'next/link', false],
  ['app/d/page.tsx', '@/app/(app)/first-data', true],
  ['app/b/page.tsx', '@/lib/db', false],
  ['app/api/a/route.ts', '@/lib/http/route', true],
  ['app/api/b/route.ts', '@/lib/db', false],
  ['app/api/c/route.ts', '@/components/ui/button', false],
  ['workers/a.ts', '@/lib/queue', true],
  ['workers/e.ts', '@/lib/outbound', true],
  ['workers/f.ts', '@/lib/interop/run-adopted', true],
  ['workers/b.ts', 'bullmq', false],
  ['workers/c.ts', 'next', false],
  ['workers/d.ts', '@/lib/http/route', false],
  ['workers/runtime/a.ts', 'bullmq', true],
  ['workers/runtime/b.ts', 'react', false],
];

let root = '';
let refused: Set<string>;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'batchyard-layers-')));
  const config = JSON.parse(await readFile('biome.json', 'utf8'));
  await writeFile(join(root, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: undefined }));
  for (const [file, imported] of IMPORTS) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), `import { a } from '${imported}';\nexport const b = a;\n`);
  }
  await writeFile(join(root, 'lib/domain/env.ts'), 'export const a = process.env.HOME;\n');
  await writeFile(join(root, 'lib/config/env.ts'), 'export const a = process.env.HOME;\n');
  refused = filesWithErrors(await lint());
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Biome's report on the whole fixture. */
function lint(): Promise<string> {
  const biome = resolve('node_modules/.bin/biome');
  const args = [
    'lint',
    '--reporter=github',
    '--max-diagnostics=none',
    '--only=noRestrictedImports',
    '--only=noProcessEnv',
  ];
  return new Promise((done) => execFile(biome, args, { cwd: root }, (_, stdout) => done(stdout)));
}

const filesWithErrors = (report: string) =>
  new Set([...report.matchAll(/^::error .*?file=([^,]+),/gm)].map((m) => relative(root, resolve(root, m[1] ?? ''))));

test.each(IMPORTS)('%s may import %s: %s', (file, _, allowed) => {
  expect(refused.has(file)).toBe(!allowed);
});

test('process.env is read in one place', () => {
  expect(refused.has('lib/domain/env.ts')).toBe(true);
  expect(refused.has('lib/config/env.ts')).toBe(false);
});
