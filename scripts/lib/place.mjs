import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf, StartError } from './failure.mjs';

/** The folder of the product's code: of its package.json. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether the code is the package, built and installed in node_modules, and not a clone. */
export const PACKED = existsSync(resolve(ROOT, 'packed.json'));

/**
 * Where the yard is, with its settings, jobs and state: a clone is its own yard. The package serves the folder from which it
 * is started, or the one above it with a package.json.
 */
export const YARD = PACKED ? yardOf(process.cwd()) : ROOT;

/**
 * @param {string} folder
 * @returns {string}
 */
function yardOf(folder) {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(resolve(at, 'package.json'))) return at;
    if (dirname(at) === at) return folder;
  }
}

/** Preloaded into each process that we start: it ends the process when its parent is gone. */
export const GUARD = resolve(ROOT, 'scripts', 'lib', 'orphan-guard.mjs');

/** Folders in DATA_DIR that only this user needs. Postgres may run as another user, so its folder is not among them. */
const OWN_FOLDERS = ['files', 'spool', 'logs'];

/** Reads .env, if there is one, without overriding what is set; empty variables count as absent. */
export function loadEnvironment() {
  const file = resolve(YARD, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  for (const [name, value] of Object.entries(process.env)) if (value === '') delete process.env[name];
}

/** DATA_DIR as an absolute path; it may be missing. */
export const dataDirPath = () => resolve(YARD, process.env.DATA_DIR ?? (PACKED ? '.batchyard' : '.data'));

/** DATA_DIR as an absolute path, created where it is missing. Other users may pass through it, but not list it. */
export function openDataDir() {
  const dataDir = dataDirPath();
  try {
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    // Older versions made these for all users of the machine to list.
    for (const name of OWN_FOLDERS) {
      const folder = resolve(dataDir, name);
      if (statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.()) chmodSync(folder, 0o700);
    }
    for (const name of ['secrets.json', 'run.json', 'start.lock']) {
      const file = resolve(dataDir, name);
      if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) throw error;
    throw new StartError(
      `DATA_DIR ${dataDir} can't be used by this user${ownerOf(dataDir)} (${code}). Start as its owner, or choose another folder: DATA_DIR=… npm start`,
    );
  }
  return dataDir;
}

/** @param {string} path */
function ownerOf(path) {
  return existsSync(path) ? `: it belongs to user id ${statSync(path).uid}` : '';
}
