import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The name of a test file says what it needs; nothing else has to be set up in it:
//   *.test.ts         nothing: pure code, in `npm run verify`
//   *.test.tsx        a document: components drawn with happy-dom, checked by axe
//   *.db.test.ts      a real Postgres: an empty, migrated database for each file
//   *.queue.test.ts   a real queue as well: runs twice, on the Postgres backend and on Redis
// One project: `npx vitest run --project unit` (or postgres, redis); one file: add its name.
const services = './lib/testing/services';
const ELSEWHERE = ['**/node_modules/**', '.next/**', 'dist/**', 'e2e/**', '.data/**', 'create-batchyard/template/**'];

/** Parts of the names of files that take long, the longest first: none of them should be the last that runs. */
const SLOW = [
  'chaos/simulation',
  'lib/http/event-loop',
  'lib/testing/statements/statements',
  'workers/bulk-actions',
  'workers/purge',
  'lib/http/generated',
  'workers/stop',
  'workers/misbehavior',
  'catalogue/stories',
  'workers/flows',
  'workers/large-flows',
  'workers/engine',
  'job-type-guide',
  'workers/workflow',
  'workers/flow-failures',
  'workers/bundles',
  'workers/tracing',
  'lib/upgrade/upgrade',
  'lib/http/silent-database',
  'expression/expression',
  'tabular/round-trip',
];

/** A process takes the next file only if it is of the same project, so each project runs as a whole. */
const PROJECTS = ['postgres', 'redis', 'render', 'unit'];

const rank = (list: string[], matches: (entry: string) => boolean): number => {
  const at = list.findIndex(matches);
  return at === -1 ? list.length : at;
};

/** Where compiled modules are kept. Without it each project compiles the product anew. */
const COMPILED = './dist/test-modules';

/** Orders test files so that processes are reused and that no slow file is left for the end. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const ranked = (await super.sort(files)).map((file) => ({
      file,
      project: rank(PROJECTS, (name) => name === file.project.name),
      slow: rank(SLOW, (part) => file.moduleId.includes(part)),
    }));
    return ranked.sort((a, b) => a.project - b.project || a.slow - b.slow).map(({ file }) => file);
  }
}

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    environment: 'node',
    // What a test provokes on purpose should not look like a fault of the run.
    env: { LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent' },
    experimental: { fsModuleCachePath: fileURLToPath(new URL(COMPILED, import.meta.url)) },
    pool: 'forks',
    // One more than there are cores: many tests wait for a lease or a backoff. The journeys run at the same time.
    maxWorkers: availableParallelism() + 1,
    sequence: { setupFiles: 'list', sequencer: SlowFirst },
    slowTestThreshold: 10_000,
    // Far longer than any test needs, as a busy machine may be ten times slower. Only a test that fails waits so long.
    testTimeout: 2_400_000,
    hookTimeout: 600_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: `${services}/setup-compiled.ts`,
          isolate: false,
          experimental: { fsModuleCache: true },
          setupFiles: `${services}/fresh-modules.ts`,
          include: ['**/*.test.ts'],
          exclude: [...ELSEWHERE, '**/*.db.test.ts', '**/*.queue.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'render',
          environment: 'happy-dom',
          isolate: false,
          setupFiles: './catalogue/setup.ts',
          include: ['**/*.test.tsx'],
          exclude: ELSEWHERE,
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['**/*.db.test.ts', '**/*.queue.test.ts'],
          exclude: ELSEWHERE,
          globalSetup: `${services}/setup-postgres.ts`,
          isolate: false,
          experimental: { fsModuleCache: true },
          setupFiles: [`${services}/fresh-modules.ts`, `${services}/per-file.ts`],
        },
      },
      {
        extends: true,
        test: {
          name: 'redis',
          include: ['**/*.queue.test.ts'],
          exclude: ELSEWHERE,
          globalSetup: `${services}/setup-redis.ts`,
          isolate: false,
          experimental: { fsModuleCache: true },
          setupFiles: [`${services}/fresh-modules.ts`, `${services}/per-file.ts`],
        },
      },
    ],
  },
});
