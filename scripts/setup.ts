import { databaseUrl, env } from '@/lib/config/env';
import { closePool, closePrisma, pool } from '@/lib/db';
import { initialise } from '@/lib/domain/organisation/initialise';
import { applyMigrations, migrateQueues } from '@/prisma/apply';

const OLDEST = 15;

/** Prepares the database: migrations, BullMQ's own, and on an empty one the first administrator. */
async function setUp(): Promise<void> {
  await checkServer();
  await applyMigrations(databaseUrl());
  await migrateQueues(databaseUrl());
  const { created, email, password } = await initialise();
  if (created) console.log(signIn(email, password));
}

async function checkServer(): Promise<void> {
  const { rows } = await pool()
    .query<{ server_version: string }>('show server_version')
    .catch((error: Error) => {
      throw new Error(`The database at ${address()} can't be reached with DATABASE_URL: ${reason(error)}`);
    });
  const version = rows[0]?.server_version ?? 'unknown';
  if (Number.parseInt(version, 10) >= OLDEST) return;
  throw new Error(`The database at ${address()} is Postgres ${version}; Batchyard needs ${OLDEST} or newer.`);
}

/** Without its user and password, which don't belong in a message. */
const address = () => new URL(databaseUrl()).host;

/** Of several addresses tried, each has its own reason, and the whole has none. */
const reason = (error: Error): string =>
  error.message ||
  ('errors' in error && Array.isArray(error.errors) ? error.errors.map(String).join('; ') : error.name);

const signIn = (email = '', password = 'as in INIT_ADMIN_PASSWORD') => `
  First administrator. This is shown once: keep it.
    e-mail    ${email}
    password  ${password}
`;

const code = await setUp().then(
  () => 0,
  (error: Error) => {
    const verbose = ['debug', 'trace'].includes(env().LOG_LEVEL);
    console.error(verbose ? error : error.message.trim());
    return 1;
  },
);
await closePrisma();
await closePool();
// The schema engine leaves a ten-second timer behind after it has taken its lock.
process.exit(code);
