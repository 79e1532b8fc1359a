import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare, stream } from './checks.mjs';
import { bundle, entries } from './lib/bundle.mjs';
import { isInstalled, readLock } from './lib/install.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const REPORTS = join('test-results', 'bench');

/**
 * What is measured, in the order of the report: its program and its usual arguments.
 * `packages` is a folder with packages of its own, which are installed when the measure runs.
 * @type {Record<string, { script: string, args: string[], first?: string[], last?: string[], packages?: string }>}
 */
const MEASURES = {
  redis: { script: 'throughput', args: ['100000', '3'], first: ['redis'] },
  postgres: { script: 'throughput', args: ['100000', '1'], first: ['postgres'] },
  peers: { script: 'peers', args: ['100000', '4000', '3'], packages: join('bench', 'peers') },
  'concurrency-redis': { script: 'concurrency', args: ['4', '3', '1,5,20,100', '5,30,300'], first: ['redis'] },
  'concurrency-postgres': { script: 'concurrency', args: ['4', '3', '1,5,20,100', '5,30,300'], first: ['postgres'] },
  scale: { script: 'scale', args: ['1000000'] },
  viewers: { script: 'viewers', args: ['200000', '500', '3'] },
  'fairness-redis': { script: 'fairness', args: ['1000000'], last: ['redis', '10'] },
  'fairness-postgres': { script: 'fairness', args: ['200000'], last: ['postgres', '10'] },
  idle: { script: 'idle', args: ['60'] },
  machines: { script: 'machines', args: ['50000', '3'] },
  million: { script: 'million', args: ['1000000'] },
  recovery: { script: 'recovery', args: ['3'] },
  latency: { script: 'latency', args: ['300', '20'] },
  table: { script: 'table', args: ['171075'] },
  conversion: { script: 'conversion', args: ['1000000', '128'] },
  lists: { script: 'lists', args: ['5000000', '200'] },
  queries: { script: 'queries', args: ['5000000', '200'] },
  'own-type': { script: 'own-type', args: ['1000000', '3'] },
  many: { script: 'many', args: ['50000', '3'] },
  searchable: { script: 'searchable', args: ['50000', '5'] },
  'dead-letters': { script: 'dead-letters', args: ['1000000', '20'] },
  bulk: { script: 'bulk', args: ['200000', '1'] },
  notifications: { script: 'notifications', args: ['50000', '2000', '5'] },
  attention: { script: 'attention', args: ['1000000', '40'] },
  pages: { script: 'pages', args: ['2000', '3'] },
};

const INTRODUCTION = `# Performance

These are measurements, not promises. \`npm run bench\` runs everything below on services of its own and writes this page;
\`npm run bench -- <name> [figures]\` runs one part. A commit counts only after it is on disk. Figures of one part come from
one run on one machine, side by side, because only ratios are valid on another machine.
`;

/**
 * Installs the packages of a folder if they are missing or not those of its lock file.
 * @param {string} folder
 */
async function installPackages(folder) {
  const wanted = readLock(join(folder, 'package-lock.json'));
  if (isInstalled(wanted, readLock(join(folder, 'node_modules', '.package-lock.json')))) return;
  // The error level leaves out that a peer is made for a newer Node; it runs on this one too.
  const code = await stream([
    'npm',
    'ci',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  if (code !== 0) throw new Error(`Installing the packages of ${folder} failed.`);
}

/** `npm run bench [-- <name> [arguments]]`. The page in docs is written by a run of everything. */
const [only, ...given] = process.argv.slice(2);
if (only && !MEASURES[only]) {
  console.error(`There is no measure "${only}". There are: ${Object.keys(MEASURES).join(', ')}.`);
  process.exit(1);
}
const usual = only ? (MEASURES[only]?.args ?? []) : [];
if (given.length > usual.length) {
  console.error(`"${only}" takes ${usual.length} figures at most, in this order: ${usual.join(' ')}.`);
  process.exit(1);
}
await prepare();
await bundle(entries());
mkdirSync(REPORTS, { recursive: true });
for (const [name, { script, args, first = [], last = [], packages }] of Object.entries(MEASURES)) {
  if (only && name !== only) continue;
  if (packages) await installPackages(packages);
  const all = [...first, ...args.map((value, i) => given[i] ?? value), ...last];
  const code = await stream([process.execPath, '--import', 'tsx', join('bench', `${script}.ts`), ...all]);
  if (code !== 0) process.exitCode = code;
}
const sections = Object.keys(MEASURES).map((name) => join(REPORTS, `${name}.md`));
if (!process.exitCode && sections.every((file) => existsSync(file))) {
  const page = [INTRODUCTION, ...sections.map((file) => readFileSync(file, 'utf8'))].join('\n');
  writeFileSync(join('docs', 'performance.md'), page);
  console.log('Wrote docs/performance.md.');
}
