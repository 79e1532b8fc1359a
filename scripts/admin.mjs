import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { report, StartError } from './lib/failure.mjs';
import { lockDataDir } from './lib/lock.mjs';
import { loadEnvironment, openDataDir, ROOT } from './lib/place.mjs';
import { embeddedPostgres } from './lib/postgres.mjs';
import { ADMIN } from './lib/postgres-cluster.mjs';
import { findRunning } from './lib/run-file.mjs';
import { openSecrets } from './lib/secrets.mjs';

const USAGE = `Usage, on the machine where Batchyard runs:
  npm run admin -- list-users
  npm run admin -- reset-password <e-mail>                    prints a link that sets a new password, once
  npm run admin -- remove-second-factor <e-mail>              the password is enough then
  npm run admin -- make-owner <e-mail> [organization]         of the first organization, or the named one
  npm run admin -- make-system-administrator <e-mail>
  npm run admin -- with-database <command>                    such as pg_dump, as the administrator of the embedded one`;

const COMMANDS = ['list-users', 'reset-password', 'remove-second-factor', 'make-owner', 'make-system-administrator'];

/**
 * `npm run admin`: on the database of the product that runs on DATA_DIR, else of DATABASE_URL, else on the embedded
 * Postgres of DATA_DIR, which is started for it.
 * @param {string[]} args
 */
async function admin(args) {
  if (!COMMANDS.includes(args[0] ?? '') && !(args[0] === 'with-database' && args.length > 1)) {
    console.error(USAGE);
    return 1;
  }
  loadEnvironment();
  const dataDir = openDataDir();
  const running = findRunning(dataDir);
  const base = process.env.PUBLIC_URL ?? running?.url ?? '';
  const databaseUrl = running?.databaseUrl ?? process.env.DATABASE_URL;
  const isTool = args[0] === 'with-database';
  if (isTool && (running ? !running.processes?.postgres : process.env.DATABASE_URL)) {
    throw new StartError('DATABASE_URL names a Postgres of your own: give its address to the command itself.');
  }
  if (databaseUrl) return isTool ? withDatabase(databaseUrl, dataDir, args) : run(databaseUrl, base, args);
  if (!isTool && !existsSync(join(dataDir, 'secrets.json'))) {
    throw new StartError(`Batchyard was not started on DATA_DIR ${dataDir} yet: there is nobody to manage.`);
  }
  const lock = await lockDataDir(dataDir);
  try {
    const postgres = embeddedPostgres(dataDir, openSecrets(dataDir), () => undefined);
    try {
      const { app } = await postgres.start();
      // Awaited: Postgres stops when this ends.
      return await (isTool ? withDatabase(app, dataDir, args) : run(app, base, args));
    } finally {
      await postgres.stop();
    }
  } finally {
    lock.release();
  }
}

/**
 * @param {string} databaseUrl
 * @param {string} base where people reach the dashboard; empty: as the environment says
 * @param {string[]} args
 */
function run(databaseUrl, base, args) {
  const built = join('dist', 'scripts', 'admin.js');
  const program = existsSync(join(ROOT, built)) ? [built] : ['--import', 'tsx', join('scripts', 'admin.ts')];
  const env = { LOG_LEVEL: 'warn', ...process.env, DATABASE_URL: databaseUrl };
  const { status } = spawnSync(process.execPath, [...program, base, ...args], { cwd: ROOT, stdio: 'inherit', env });
  return status ?? 1;
}

/**
 * Runs a command that finds the embedded database in its environment, as the administrator: other roles may not read all.
 * @param {string} databaseUrl of the running product
 * @param {string} dataDir
 * @param {string[]} args the words after the first are the command
 */
async function withDatabase(databaseUrl, dataDir, [, command = '', ...args]) {
  const { hostname, port, pathname } = new URL(databaseUrl);
  const env = {
    ...process.env,
    PGHOST: hostname,
    PGPORT: port,
    PGDATABASE: pathname.slice(1),
    PGUSER: ADMIN,
    PGPASSWORD: openSecrets(dataDir).postgresAdminPassword,
  };
  const child = spawn(command, args, { stdio: 'inherit', env });
  child.once('error', ({ message }) => console.error(message));
  const [code] = await once(child, 'close');
  return Number(code ?? 1);
}

process.exitCode = await admin(process.argv.slice(2)).catch((error) => {
  report(error);
  return 1;
});
