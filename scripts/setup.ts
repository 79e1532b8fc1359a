import { databaseUrl, EnvironmentError } from '@/lib/config/env';
import { closePool, closePrisma } from '@/lib/db';
import { initialise } from '@/lib/domain/organisation/initialise';
import { applyMigrations, migrateQueues } from '@/prisma/apply';

/** Prepares the database: migrations, BullMQ's own, and on an empty one the first administrator. */
async function setUp(): Promise<void> {
  await applyMigrations(databaseUrl());
  await migrateQueues(databaseUrl());
  const { created, email, password } = await initialise();
  if (created) console.log(signIn(email, password));
}

const signIn = (email = '', password = 'as in INIT_ADMIN_PASSWORD') => `
  First administrator. This is shown once: keep it.
    e-mail    ${email}
    password  ${password}
`;

const code = await setUp().then(
  () => 0,
  (error: Error) => {
    console.error(error instanceof EnvironmentError ? error.message : error);
    return 1;
  },
);
await closePrisma();
await closePool();
// The schema engine leaves a ten-second timer behind after it has taken its lock.
process.exit(code);
