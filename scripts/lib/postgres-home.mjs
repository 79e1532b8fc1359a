import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeOrMessage, StartError } from './failure.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { findAccount, runAs } from './postgres-account.mjs';
import { say } from './step.mjs';

/**
 * @typedef {object} Home where the database is
 * @property {string} home
 * @property {string} cluster its files
 * @property {import('./postgres-account.mjs').Account | null} account who runs it; null for our own account
 */

/**
 * Where the database lives, and who runs it. In DATA_DIR, unless we are root and Postgres's account can't
 * reach it there (a clone under /root): then under /var/lib, which DATA_DIR/postgres.json notes.
 * @param {string} dataDir
 * @returns {Home}
 */
export function openHome(dataDir) {
  const note = join(dataDir, 'postgres.json');
  const kept = /** @type {{ home?: string } | null} */ (readJson(note))?.home;
  const home = kept ?? join(dataDir, 'postgres');
  const account = findAccount(join(home, 'cluster'));
  if (kept || existsSync(join(home, 'cluster')) || !account) return make(home, account);
  mkdirSync(home, { recursive: true, mode: 0o711 });
  if (reaches(account, home)) {
    say(`Postgres does not run as root: it runs as ${account.name}, its files are in ${home}.`);
    return make(home, account);
  }
  const elsewhere = makeElsewhere(dataDir, account);
  writeJson(note, { home: elsewhere });
  say(
    `Postgres does not run as root: it runs as ${account.name}, which can't reach ${dataDir}. Its files are in ${elsewhere}.`,
  );
  return make(elsewhere, account);
}

/**
 * @param {string} home
 * @param {import('./postgres-account.mjs').Account | null} account
 * @returns {Home}
 */
function make(home, account) {
  mkdirSync(home, { recursive: true, mode: account ? 0o711 : 0o700 });
  return { home, cluster: join(home, 'cluster'), account };
}

/**
 * @param {import('./postgres-account.mjs').Account} account
 * @param {string} folder
 */
const reaches = (account, folder) => spawnSync('test', ['-x', folder], { ...runAs(account), cwd: '/' }).status === 0;

/**
 * @param {string} dataDir
 * @param {import('./postgres-account.mjs').Account} account
 */
function makeElsewhere(dataDir, account) {
  const folder = `/var/lib/batchyard/${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(folder, { recursive: true });
    for (const path of ['/var/lib/batchyard', folder]) chmodSync(path, 0o711);
  } catch (error) {
    throw new StartError(
      `Postgres's account ${account.name} can't reach ${dataDir}, and ${folder} can't be made (${codeOrMessage(error)}). Choose a DATA_DIR that it can reach: DATA_DIR=/srv/batchyard npm start`,
    );
  }
  return folder;
}

/**
 * Makes an account the owner of a file or folder.
 * @param {string} path
 * @param {import('./postgres-account.mjs').Account | null} account
 */
export function give(path, account) {
  if (account) chownSync(path, account.uid, account.gid);
}
