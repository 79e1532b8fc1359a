import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@/lib/testing/services/postgres';
import { startRedis } from '@/lib/testing/services/redis';
import { createTemplate } from '@/lib/testing/services/template';

/** What a measurement runs on: a durable Postgres, and Redis where asked for, of its own. */
export interface Services {
  databaseUrl: string;
  redisUrl: string | undefined;
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts services as they are used in earnest: every commit is on disk before it is answered. */
export async function startServices(options: {
  redis: boolean;
  /** false where only reading is measured, so that filling is quick */
  durable?: boolean;
}): Promise<Services> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-bench-'));
  const durable = options.durable === false ? 'off' : 'on';
  const postgres = await startPostgres(undefined, {
    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
    shared_buffers: '256MB',
    max_wal_size: '4GB',
  });
  const redis = options.redis ? await startRedis(undefined) : undefined;
  await createTemplate(postgres.url, 'bench');
  const url = new URL(postgres.url);
  url.pathname = '/bench';
  const env = {
    DATABASE_URL: url.href,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    MAX_ACTIVE_BATCHES: '4',
    ...(redis ? { REDIS_URL: redis.url } : {}),
  };
  // Before anything of the product is imported, so that it finds this environment.
  Object.assign(process.env, env);
  if (!redis) delete process.env.REDIS_URL;
  return {
    databaseUrl: url.href,
    redisUrl: redis?.url,
    env,
    stop: async () => {
      await redis?.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
