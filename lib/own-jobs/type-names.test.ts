import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

// A yard is checked, which writes the declarations, and then compiled as its editor does.

const root = process.cwd();
let yard = '';
const run = (args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

const job = (body: string, input = 'z.object({})') =>
  `import { defineJob } from 'batchyard';
import { z } from 'zod';
export default defineJob({ input: ${input}, async run({ data, enqueue, launch }) { ${body} } });
`;

const program = (launch: string) =>
  `import { createClient } from 'batchyard/client';
const client = createClient({ url: 'http://127.0.0.1:3000', key: 'by_key' });
${launch}
`;

const FILES: Record<string, string> = {
  'jobs/word-count.ts': job(
    // Its own type, which would be circular if the declaration came from this file.
    "const { jobId } = await enqueue('word-count', { text: data.text }); return { jobId };",
    "z.object({ text: z.string(), language: z.enum(['de', 'en']).optional(), most: z.int().default(5) })",
  ),
  'jobs/crm/sync.ts': job(
    `await enqueue('word-count', { text: 'a', language: 'de' });
     await launch('crm/sync', [{ id: 1, tags: [['a', 2]] }]);
     await launch('diagnostic', (async function* () { yield { durationMs: 5 }; })());`,
    'z.object({ id: z.union([z.string(), z.number()]), tags: z.array(z.tuple([z.string(), z.number()])) })',
  ),
  'jobs/wrong-name.ts': job("await enqueue('word-cont', { text: 'a' });"),
  'jobs/wrong-input.ts': job("await enqueue('word-count', { txt: 'a' });"),
  'jobs/wrong-item.ts': job("await launch('crm/sync', [{ id: true, tags: [] }]);"),
  'programs/launch.ts': program(
    `await client.launch({ name: 'First', type: 'word-count', start: 'queue' }, [{ text: 'a', language: 'de' }]);
export const crm = client.launch({ name: 'CRM', type: 'crm/sync' }, (async function* () { yield { id: 1, tags: [] }; })());`,
  ),
  'programs/client-name.ts': program("await client.launch({ name: 'First', type: 'word-cont' }, [{ text: 'a' }]);"),
  'programs/client-item.ts': program("await client.launch({ name: 'First', type: 'word-count' }, [{ txt: 'a' }]);"),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'esnext',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      resolveJsonModule: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
      paths: {
        batchyard: [join(root, 'lib/own-jobs/public.ts')],
        'batchyard/client': [join(root, 'lib/api-client/client.ts')],
        zod: [join(root, 'node_modules/zod/index.d.ts')],
        '@/*': [join(root, '*')],
      },
    },
    include: ['jobs', 'programs', '.batchyard/types.d.ts'],
  }),
};

beforeAll(() => {
  yard = realpathSync(mkdtempSync(join(tmpdir(), 'yard-types-')));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(yard, path)), { recursive: true });
    writeFileSync(join(yard, path), text);
  }
});
afterAll(() => rmSync(yard, { recursive: true, force: true }));

/** What the compiler says of the files of the yard, without the path: each has its mistake in the third line. */
function errorsOf(): string[] {
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = run([compiler, '-p', yard, '--pretty', 'false']);
  const errors = stdout
    .split('\n')
    .flatMap((line) => /(?:jobs|programs)\/(\S+)\(3,\d+\): (.*)/.exec(line)?.slice(1).join('  ') ?? []);
  expect(stdout.match(/error TS/g) ?? []).toHaveLength(errors.length);
  return errors;
}

it('the compiler accepts right launches of a yard, and refuses a wrong name, input or item', () => {
  // Nothing is declared yet: any name can be launched, with anything.
  expect(errorsOf()).toEqual([]);
  const [program, types] = [join('dist', 'scripts', 'jobs.js'), join(yard, '.batchyard', 'types.d.ts')];
  const lines = run([program, 'check', '--json', '--no-types', 'yard', yard]).stdout.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object).slice(-2)).toEqual([
    { type: 'wrong-name', path: 'jobs/wrong-name.ts' },
    { folder: yard, usable: 5, broken: 0 },
  ]);
  expect(existsSync(types)).toBe(false);
  const checked = run([program, 'check', 'yard', yard]);
  expect([checked.stdout, checked.stderr]).toEqual([`Own jobs in ${yard}: 5 usable.\n`, '']);
  expect(errorsOf()).toEqual([
    expect.stringMatching(/^wrong-input\.ts {2}error TS\d+: .*'txt'/),
    expect.stringMatching(/^wrong-item\.ts {2}error TS\d+: .*id: boolean/),
    expect.stringMatching(/^wrong-name\.ts {2}error TS\d+: .*"word-cont"/),
    expect.stringMatching(/^client-item\.ts {2}error TS\d+: .*txt: string/),
    expect.stringMatching(/^client-name\.ts {2}error TS\d+: .*"word-cont"/),
  ]);
});
