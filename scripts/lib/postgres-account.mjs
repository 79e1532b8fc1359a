import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { StartError } from './failure.mjs';
import { say } from './step.mjs';

const NAMES = ['postgres', 'batchyard'];

/**
 * The account that Postgres runs as: us, or, because it refuses to run as root, an unprivileged one.
 * @param cluster its files, if there are any yet: their owner runs it
 * @returns `{ uid, gid, name }`, or null for ourselves
 */
export function findAccount(cluster) {
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (process.getuid() !== 0) {
    if (!owner || owner.uid === process.getuid()) return null;
    throw new StartError(
      `The database in ${cluster} belongs to user id ${owner.uid}. Start as that user, or choose another folder: DATA_DIR=… npm start`,
    );
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `user id ${owner.uid}` };
  for (const name of NAMES) {
    const account = lookUp(name);
    if (account) return account;
  }
  return createAccount(NAMES[1]) ?? lookUp('nobody') ?? refuse();
}

function lookUp(name) {
  const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
  if (ids.some(({ status }) => status !== 0)) return null;
  const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
  return { uid, gid, name };
}

// useradd on most systems, adduser in small images.
function createAccount(name) {
  const ways = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]],
    ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', name]],
  ];
  if (!ways.some(([command, args]) => spawnSync(command, args).status === 0)) return null;
  say(`Postgres does not run as root: made the system account "${name}" for it.`);
  return lookUp(name);
}

function refuse() {
  throw new StartError(
    'Postgres does not run as root, and no account for it could be made. Start as an ordinary user, or set DATABASE_URL.',
  );
}

/** What to give spawn so that a program runs as that account. */
export const runAs = (account) => (account ? { uid: account.uid, gid: account.gid } : {});
