import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { StartError } from './failure.mjs';
import { say } from './step.mjs';

const NAMES = ['postgres', 'batchyard'];

/** @typedef {{ uid: number, gid: number, name: string }} Account */

/**
 * The account that Postgres runs as: the current one, or an unprivileged one for root, as which Postgres refuses to run.
 * @param {string} cluster its files, if there are any yet: their owner runs it
 * @returns {Account | null} null for our own account
 */
export function findAccount(cluster) {
  const owner = statSync(cluster, { throwIfNoEntry: false });
  const us = process.getuid?.();
  if (us !== 0) {
    if (!owner || owner.uid === us) return null;
    throw new StartError(
      `The database in ${cluster} belongs to user id ${owner.uid}. Start as that user, or choose another folder: DATA_DIR=… npm start`,
    );
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `user id ${owner.uid}` };
  for (const name of NAMES) {
    const account = lookUp(name);
    if (account) return account;
  }
  return createAccount('batchyard') ?? lookUp('nobody') ?? refuse();
}

/**
 * @param {string} name
 * @returns {Account | null}
 */
function lookUp(name) {
  const id = (/** @type {string} */ flag) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const [user, group] = [id('-u'), id('-g')];
  if (user.status !== 0 || group.status !== 0) return null;
  return { uid: Number(user.stdout), gid: Number(group.stdout), name };
}

/**
 * With useradd on most systems, with adduser in small images.
 * @param {string} name
 */
function createAccount(name) {
  /** @type {[string, string[]][]} */
  const ways = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]],
    ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', name]],
  ];
  if (!ways.some(([command, args]) => spawnSync(command, args).status === 0)) return null;
  say(`Postgres does not run as root: made the system account "${name}" for it.`);
  return lookUp(name);
}

/** @returns {never} */
function refuse() {
  throw new StartError(
    'Postgres does not run as root, and no account for it could be made. Start as an ordinary user, or set DATABASE_URL.',
  );
}

/**
 * Options of spawn that run a program as an account.
 * @param {Account | null} account
 */
export const runAs = (account) => (account ? { uid: account.uid, gid: account.gid } : {});
