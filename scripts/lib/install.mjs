import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './failure.mjs';
import { readJson } from './json-file.mjs';
import { PACKED, ROOT } from './place.mjs';
import { restoreLinks } from './postgres-binaries.mjs';
import { step } from './step.mjs';
import { runScript, runTask } from './task.mjs';
import { trim } from './trim.mjs';

const LOCKFILE = join(ROOT, 'package-lock.json');
const MODULES = join(ROOT, 'node_modules');
// npm writes it last, so it exists only after a complete installation.
const INSTALLED = join(MODULES, '.package-lock.json');

/**
 * @typedef {{ packages?: Record<string, {
 *   version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean, link?: boolean }> }} Lockfile
 */

/** A lock file, or null where it is missing. @param {string} path */
export const readLock = (path) => /** @type {Lockfile | null} */ (readJson(path));

/** package-lock.json, or null where it is missing. */
export const readLockfile = () => readLock(LOCKFILE);

/**
 * Whether the installed packages match package-lock.json. Parts for other systems or for development may be absent.
 * @param {Lockfile | null} wanted
 * @param {Lockfile | null} installed
 */
export function isInstalled(wanted, installed) {
  if (!wanted?.packages || !installed?.packages) return false;
  const there = installed.packages;
  return Object.entries(wanted.packages).every(([path, { version, optional, dev, devOptional, link }]) => {
    if (path === '' || link) return true;
    const found = there[path];
    return found ? found.version === version : Boolean(optional || dev || devOptional);
  });
}

/** Installs the packages if they are missing or not those of package-lock.json. Those of the package are npm's task. */
export async function install() {
  if (PACKED) return restoreLinks();
  if (!existsSync(LOCKFILE)) throw new StartError(`${LOCKFILE} is missing: this is not a whole copy of Batchyard.`);
  if (!isInstalled(readLockfile(), readLock(INSTALLED))) await installPackages();
  trim({ canBuild: canBuild() });
  restoreLinks();
}

/** Whether development packages are installed. Without them (`npm ci --omit=dev`) the earlier build is run. */
export const canBuild = () =>
  !PACKED && ['@tailwindcss/postcss', '@types/node'].every((name) => existsSync(join(MODULES, name)));

/** Installs what building and testing need, if `npm ci --omit=dev` left it out. */
export async function installBuildTools() {
  if (canBuild()) return;
  await installPackages();
  await install();
}

async function installPackages() {
  let count = 0;
  await step('Installing packages (first start, about a minute)', (detail) =>
    npm(['ci', '--no-progress', '--loglevel=http'], {
      name: 'npm ci',
      // The dashboard and the workers are built here, which needs development packages.
      env: { ...process.env, NODE_ENV: 'development' },
      onLine: (line) => {
        const fetched = /GET 200 \S+\.tgz/.test(line);
        if (fetched) detail(`${++count} fetched`);
      },
    }),
  );
}

// npm passes its own path to the programs that it runs. Without it, the npm of PATH is used.
/**
 * @param {string[]} args
 * @param {import('./task.mjs').TaskOptions} options
 */
function npm(args, options) {
  const path = process.env.npm_execpath;
  return path && /npm-cli\.js$/.test(path) ? runScript([path, ...args], options) : runTask('npm', args, options);
}
