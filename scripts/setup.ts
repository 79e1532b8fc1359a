import { setTimeout as sleep } from 'node:timers/promises';
import { databaseUrl, env, migrationUrl } from '@/lib/config/env';
import { ServiceTrouble } from '@/lib/config/service-trouble';
import { closePool } from '@/lib/db/pool';
import { closePrisma } from '@/lib/db/prisma';
import { checkDatabase } from '@/lib/domain/health/check-database';
import { initialize } from '@/lib/domain/organization/initialize';
import { checkRedis } from '@/lib/queue/check-redis';
import { applyMigrations, grantRights, migrateQueues, refuseForeignObjects } from '@/prisma/apply';

const LOOK_EVERY_MS = 1000;

/** Prepares the database: our migrations, BullMQ's, the rights of the product's role, and the first administrator if it is empty. */
async function setUp(): Promise<void> {
  if (env().REDIS_URL) await checkRedis().catch(unlessItMayPass);
  await untilItServes(() => checkDatabase('DATABASE_MIGRATION_URL'));
  await applyMigrations(migrationUrl());
  await refuseForeignObjects(migrationUrl(), databaseUrl());
  await migrateQueues(migrationUrl());
  await grantRights(migrationUrl(), databaseUrl());
  await untilItServes(checkDatabase);
  const { created, email, password } = await initialize();
  if (created) console.log(signIn(email, password));
}

/** Does not wait for Redis: its clients reconnect, and the dashboard shows the problem meanwhile. */
function unlessItMayPass(error: unknown): void {
  if (!(error instanceof ServiceTrouble && error.waitingHelps)) throw error;
}

/** Waits for the database, which every next step needs, and logs each change of the problem. */
async function untilItServes(check: () => Promise<void>): Promise<void> {
  for (let said = ''; ; await sleep(LOOK_EVERY_MS)) {
    try {
      return await check();
    } catch (error) {
      unlessItMayPass(error);
      const { message } = error as Error;
      if (message !== said) console.error(`Waiting: ${message}.`);
      said = message;
    }
  }
}

const signIn = (email = '', password = 'as in INIT_ADMIN_PASSWORD') => `
  First administrator. This is shown once: keep it.
    e-mail    ${email}
    password  ${password}
`;

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) ? '' : '.'}`;

const code = await setUp().then(
  () => 0,
  (error: Error) => {
    const verbose = ['debug', 'trace'].includes(env().LOG_LEVEL);
    console.error(verbose ? error : sentence(error.message.trim()));
    return 1;
  },
);
await closePrisma();
await closePool();
// The schema engine leaves a ten-second timer after it has taken its lock.
process.exit(code);
