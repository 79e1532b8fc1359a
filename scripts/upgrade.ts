import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { print, shown } from './lib/cli-output';
import { step } from './lib/step.mjs';
import { type Beside, type Broken, installBeside } from './lib/upgrade/beside';
import { changesSince } from './lib/upgrade/changes';
import { find } from './lib/upgrade/find';
import { npm } from './lib/upgrade/npm';
import { decide, type Found, targetOf } from './lib/upgrade/target';
import { type Installed, installedIn, keepFiles, readYard, refuseChange } from './lib/upgrade/yard';
import { UsageError } from './lib/usage-error';

// `batchyard upgrade`: checks the job files of a yard against another version, and changes to it if none is broken.

/** Lines of the changelog on the terminal. */
const MOST_LINES = 60;

export interface Place {
  /** absolute */
  yard: string;
  /** absolute */
  dataDir: string;
  /** whether DATABASE_URL names a Postgres of one's own */
  hasOwnDatabase: boolean;
  /** keeps a start away meanwhile; throws if one runs */
  lock: () => Promise<{ release: () => void }>;
}

interface Options {
  check?: boolean | undefined;
  downgrade?: boolean | undefined;
  json?: boolean | undefined;
}

/** What an upgrade found and did, as `--json` prints it. */
interface Report {
  from: string;
  to: string;
  upgraded: boolean;
  usable?: number;
  broken?: Broken[];
  changes?: string;
}

/** It was begun, and undone. */
class UndoneError extends UsageError {}

/** @returns the exit code: 1 if a job file is broken in the other version, or the yard could not be changed */
export async function upgrade(args: string[], place: Place): Promise<number> {
  const stop = new AbortController();
  const interrupted = () => stop.abort();
  // npm ends by the same signal; what it began is undone.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupted);
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { check: { type: 'boolean' }, downgrade: { type: 'boolean' }, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new UsageError('Name one version or tarball: batchyard upgrade 1.2.3');
    return await (values.check
      ? change(positionals[0], values, place, stop.signal)
      : changeLocked(positionals[0], values, place, stop.signal));
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    // Errors of the system have a code, such as EACCES, and name what they are about.
    if (!(error instanceof UsageError || name === 'StartError' || code)) throw error;
    console.error(error instanceof UndoneError ? message : `${message}\nNothing was changed.`);
    return 1;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupted);
  }
}

async function changeLocked(...given: Parameters<typeof change>): Promise<number> {
  const [, , { yard, dataDir, lock }] = given;
  readYard(yard);
  refuseChange(yard, dataDir);
  const locked = await lock();
  try {
    return await change(...given);
  } finally {
    locked.release();
  }
}

async function change(asked: string | undefined, options: Options, place: Place, signal: AbortSignal): Promise<number> {
  const { yard } = place;
  const { dependency, installed } = readYard(yard);
  const target = targetOf(asked, dependency, process.cwd());
  const found = await step('Looking for the other version', () => find(target, yard, signal));
  const report: Report = { from: installed.version, to: found.version, upgraded: false };
  if (decide(found, installed, options) === 'same') {
    if (options.json) print(report);
    else console.log(`Batchyard ${found.version} is installed already.`);
    return 0;
  }
  const spec = target.tarball ? `file:${target.tarball}` : `batchyard@${found.version}`;
  // The list of versions that npm remembers may be older than what it just found.
  const offline = target.tarball ? ['--prefer-offline'] : [];
  const beside = await step(`Installing Batchyard ${found.version} beside the yard`, () =>
    installBeside(yard, spec, offline, signal),
  );
  try {
    Object.assign(report, await examine(beside, installed, signal));
    if (!options.json) say(report, options);
    if (report.broken?.length || options.check) {
      if (options.json) print(report);
      return report.broken?.length ? 1 : 0;
    }
    if (!options.json) console.log(backupHint(report, place));
    await replace(yard, [spec, ...savedAs(dependency)], installed, found, signal);
  } finally {
    beside.remove();
  }
  if (options.json) print({ ...report, upgraded: true });
  else console.log(`Batchyard ${found.version} is installed instead of ${installed.version}. Start it: npm start`);
  return 0;
}

async function examine(beside: Beside, { version }: Installed, signal: AbortSignal) {
  const checked = await step('Checking the job files', () => beside.check(signal));
  return { ...checked, changes: changesSince(beside.changelog(), version) };
}

function say({ from, to, usable = 0, broken = [], changes = '' }: Report, { check }: Options): void {
  const lines = changes.split('\n');
  if (changes) {
    console.log(`What changed since ${from}:\n`);
    for (const line of lines.slice(0, MOST_LINES)) console.log(`${/^ */.exec(line)?.[0] ?? ''}${shown(line)}`);
    const rest = lines.length - MOST_LINES;
    if (rest > 0) console.log(`… ${rest} more lines: ${check ? '--json' : 'node_modules/batchyard/CHANGELOG.md'}`);
    console.log('');
  }
  for (const { path, line, error } of broken)
    console.log(`${shown(path)}${line ? `:${Number(line)}` : ''}  ${shown(error)}`);
  const summary = `Job files in Batchyard ${to}: ${usable} usable${broken.length ? `, ${broken.length} broken (listed above). Nothing was changed` : ''}.`;
  console.log(summary);
}

function backupHint({ from, to }: Report, { yard, dataDir, hasOwnDatabase }: Place): string {
  const state = relative(yard, dataDir) || '.';
  const dump = hasOwnDatabase
    ? 'pg_dump of your Postgres'
    : `npx batchyard admin with-database pg_dump --format=custom --file=batchyard-${from}.dump`;
  return `The first start of ${to} migrates the database, and migrations only go forward. Make a backup before it (docs/deploy.md):
  ${dump}
  cp -a ${state}/files ${state}/secrets.json /backup/`;
}

/** npm writes the new range as the old one was. */
function savedAs(dependency: string): string[] {
  if (dependency.startsWith('~')) return ['--save-prefix=~'];
  return /^\d/.test(dependency) ? ['--save-exact'] : [];
}

/** @throws UndoneError after everything is as it was, or says what is not */
async function replace(yard: string, args: string[], before: Installed, wanted: Found, signal: AbortSignal) {
  const restore = keepFiles(yard);
  const isThere = ({ version, integrity }: Installed) => {
    const now = installedIn(yard);
    return now?.version === version && (!integrity || !now.integrity || now.integrity === integrity);
  };
  try {
    await step(`Installing Batchyard ${wanted.version}`, () =>
      npm(['install', ...args, '--prefer-offline'], yard, signal),
    );
    if (!isThere(wanted)) throw new UsageError(`npm installed ${installedIn(yard)?.version ?? 'nothing'}.`);
  } catch (error) {
    restore();
    const why = isThere(before) ? '' : await reinstall(yard);
    const packages = isThere(before)
      ? `and so is the installed Batchyard ${before.version}.`
      : `but the packages are not: run npm install.\n${why}`;
    throw new UndoneError(
      `${(error as Error).message}\npackage.json and package-lock.json are as they were, ${packages}`.trim(),
    );
  }
}

/** @returns why it failed, or empty text */
async function reinstall(yard: string): Promise<string> {
  try {
    await step('Installing the former packages', () => npm(['install', '--prefer-offline'], yard));
    return '';
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
}
