import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { report, StartError } from './lib/failure.mjs';
import { lockDataDir } from './lib/lock.mjs';
import { loadEnvironment, openDataDir, ROOT } from './lib/place.mjs';
import { embeddedPostgres } from './lib/postgres.mjs';
import { findRunning } from './lib/run-file.mjs';
import { openSecrets } from './lib/secrets.mjs';

const USAGE = `Usage, on the machine where Batchyard runs:
  npm run admin -- list-users
  npm run admin -- reset-password <e-mail>                    prints a link that sets a new password, once
  npm run admin -- remove-second-factor <e-mail>              the password is enough then
  npm run admin -- make-owner <e-mail> [organization]         of the first organization, or the named one
  npm run admin -- make-system-administrator <e-mail>`;

const COMMANDS = ['list-users', 'reset-password', 'remove-second-factor', 'make-owner', 'make-system-administrator'];

/**
 * `npm run admin`: on the database of the product that runs on DATA_DIR, else of DATABASE_URL, else on the embedded
 * Postgres of DATA_DIR, which is started for it.
 * @param {string[]} args
 */
async function admin(args) {
  if (!COMMANDS.includes(args[0] ?? '')) {
    console.error(USAGE);
    return 1;
  }
  loadEnvironment();
  const dataDir = openDataDir();
  const running = findRunning(dataDir);
  const base = process.env.PUBLIC_URL ?? running?.url ?? '';
  const databaseUrl = running?.databaseUrl ?? process.env.DATABASE_URL;
  if (databaseUrl) return run(databaseUrl, base, args);
  if (!existsSync(join(dataDir, 'secrets.json'))) {
    throw new StartError(`Batchyard was not started on DATA_DIR ${dataDir} yet: there is nobody to manage.`);
  }
  const lock = await lockDataDir(dataDir);
  try {
    const postgres = embeddedPostgres(dataDir, openSecrets(dataDir), () => undefined);
    try {
      const { app } = await postgres.start();
      return run(app, base, args);
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

process.exitCode = await admin(process.argv.slice(2)).catch((error) => {
  report(error);
  return 1;
});
