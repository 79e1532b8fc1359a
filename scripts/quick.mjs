import { spawnSync } from 'node:child_process';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, capture, prepare, stream } from './checks.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/** How many files with a database run: those nearest to what changed. More of them would take longer than a minute. */
const MOST = { db: 8, queue: 1 };
/** They start processes and wait until leases expire. */
const SLOW = /^(chaos|workers)\/|event-loop|examples|job-type-guide|cities|hostile/;

/** @param {string[]} args */
const git = (...args) => spawnSync('git', args, { encoding: 'utf8' }).stdout.trim();
/** @param {string} text */
const lines = (text) => text.split('\n').filter(Boolean);

/** The commit to compare with: the one that is named, else where this branch left main, else the commit before. */
function base() {
  if (process.argv[2]) return process.argv[2];
  const left = ['origin/main', 'main'].map((main) => git('merge-base', 'HEAD', main)).find(Boolean);
  return left && left !== git('rev-parse', 'HEAD') ? left : 'HEAD';
}

/**
 * Test files that import what changed, directly or through other files, with their projects.
 * @param {string} since a commit
 * @throws when Vitest fails
 */
async function related(since) {
  const { code, output } = await capture([
    bin('vitest'),
    'list',
    '--filesOnly',
    '--json',
    '--project=unit',
    '--project=render',
    '--project=postgres',
    `--changed=${since}`,
  ]);
  if (code !== 0) throw new Error(output);
  const start = output.indexOf('[');
  /** @type {{ file: string, projectName: string }[]} */
  const files = start === -1 ? [] : JSON.parse(output.slice(start, output.lastIndexOf(']') + 1));
  return files.map(({ file, projectName }) => ({
    file: relative(process.cwd(), file).split(sep).join('/'),
    project: projectName,
  }));
}

/**
 * How many folders two files share at the beginning of their paths.
 * @param {string} one
 * @param {string} other
 */
function nearness(one, other) {
  const a = one.split('/');
  const b = other.split('/');
  let at = 0;
  while (at < a.length - 1 && a[at] === b[at]) at += 1;
  return at;
}

await prepare();
const since = base();
const changed = lines(git('diff', '--name-only', since)).concat(
  lines(git('ls-files', '--others', '--exclude-standard')),
);
const found = await related(since);
const unit = found.filter(({ project }) => project !== 'postgres').map(({ file }) => file);
/** @param {string} file */
const near = (file) => Math.max(0, ...changed.map((name) => nearness(file, name)));
const database = found
  .filter(({ project }) => project === 'postgres')
  .map(({ file }) => file)
  .sort((one, other) => near(other) - near(one));
/** @param {'db' | 'queue'} kind */
const quick = (kind) =>
  database.filter((file) => file.endsWith(`.${kind}.test.ts`) && !SLOW.test(file)).slice(0, MOST[kind]);
const chosen = [...quick('db'), ...quick('queue')];
const left = database.filter((file) => !chosen.includes(file));

let code = 0;
if (unit.length + chosen.length === 0) console.log(`No unit or database test imports what changed since ${since}.`);
else {
  console.log(`${changed.length} changed files, ${unit.length} unit test files, ${chosen.length} files on Postgres`);
  const projects = [
    ...(unit.length > 0 ? ['--project=unit', '--project=render'] : []),
    ...(chosen.length > 0 ? ['--project=postgres'] : []),
  ];
  code = await stream([bin('vitest'), 'run', '--reporter=dot', ...projects, ...unit, ...chosen]);
}
if (left.length > 0) {
  const names = left.length > 12 ? [...left.slice(0, 12), `and ${left.length - 12} more`] : left;
  console.log(`\nLeft out, though they import what changed:\n  ${names.join('\n  ')}`);
}
console.log('\nLeft out as always: queues on Redis, faults under load, journeys, lint and types (npm run verify).');
console.log('`npm test` runs everything.');
process.exitCode = code;
