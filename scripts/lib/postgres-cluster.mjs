import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './failure.mjs';
import { runAs } from './postgres-account.mjs';
import { give } from './postgres-home.mjs';

/** The superuser of the server; the product itself uses a role with fewer rights. */
export const ADMIN = 'batchyard_admin';
const MAJOR = '18';

/**
 * Makes the database files, once. An interrupted attempt leaves nothing that a later one would mistake for a database.
 * @param {import('./postgres-home.mjs').Home} home
 * @param {string} bin folder of Postgres's programs
 * @param {string} password of the administrator
 */
export function createCluster({ home, cluster, account }, bin, password) {
  const made = join(cluster, 'PG_VERSION');
  if (existsSync(made)) return checkVersion(cluster, readFileSync(made, 'utf8').trim());
  // Not in `home` itself: it may belong to root, and initdb makes the folder's content as its account.
  const attempt = join(home, 'cluster.new');
  const passwordFile = join(home, 'password');
  rmSync(attempt, { recursive: true, force: true });
  mkdirSync(attempt, { mode: 0o700 });
  give(attempt, account);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  give(passwordFile, account);
  try {
    const { status, stdout, stderr, error } = spawnSync(
      join(bin, 'initdb'),
      [
        `--pgdata=${attempt}`,
        `--username=${ADMIN}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { ...runAs(account), cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' }, encoding: 'utf8' },
    );
    if (status !== 0)
      throw new StartError(`The database could not be made.\n${error?.message ?? stderr.trim() ?? stdout}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(attempt, cluster);
}

/**
 * @param {string} cluster
 * @param {string} version
 */
function checkVersion(cluster, version) {
  if (version === MAJOR) return;
  throw new StartError(
    `The database in ${cluster} was made by Postgres ${version}; this is ${MAJOR}. Dump it with the version that made it, or choose another DATA_DIR.`,
  );
}
