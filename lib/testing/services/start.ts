import { randomBytes } from 'node:crypto';
import { perProcess } from '@/lib/config/per-process';
import { compileWorkers } from '@/scripts/lib/build.mjs';
import { generate } from '@/scripts/lib/generate.mjs';
import { dropDatabase } from './databases';
import { type RunningService, startPostgres } from './postgres';
import { startRedis } from './redis';
import { createTemplate } from './template';

/** Addresses of this run's services, for the test files. */
export interface TestServices {
  adminUrl: string;
  template: string;
  redisUrl: string | null;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}

interface Started {
  postgres: RunningService;
  template: string;
}

// Two projects share one Postgres: the first one starts it, the last one stops it.
const held = perProcess('test-postgres', () => ({ users: 0, started: start() }));

async function start(): Promise<Started> {
  await generate();
  // Compiled once, because workers that compile themselves take seconds to start.
  await compileWorkers();
  const postgres = await startPostgres(process.env.TEST_DATABASE_URL);
  const template = `batchyard_template_${randomBytes(5).toString('hex')}`;
  try {
    await createTemplate(postgres.url, template);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { postgres, template };
}

/** Starts the services of a test project. @returns a function that stops them */
export async function startServices(options: { redis: boolean }): Promise<{
  services: TestServices;
  stop(): Promise<void>;
}> {
  const shared = held.get();
  shared.users += 1;
  const { postgres, template } = await shared.started;
  const redis = options.redis ? await startRedis(process.env.TEST_REDIS_URL) : null;
  return {
    services: { adminUrl: postgres.url, template, redisUrl: redis?.url ?? null },
    stop: async () => {
      await redis?.stop();
      shared.users -= 1;
      if (shared.users > 0) return;
      held.clear();
      await dropDatabase(postgres.url, template);
      await postgres.stop();
    },
  };
}
