import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startPostgres } from '@/lib/testing/services/postgres';
import { startOwnRedis } from '@/lib/testing/services/redis';
import { createTemplate } from '@/lib/testing/services/template';

/** The services of a measurement: its own durable Postgres, and Redis if requested. */
export interface Services {
  databaseUrl: string;
  /** another database of the same server, to create and drop databases from */
  adminUrl: string;
  redisUrl: string | undefined;
  postgres: RunningService;
  redis: RunningService | undefined;
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts services with production durability: every commit is on disk before it is acknowledged. */
export async function startServices(options: {
  redis: boolean;
  /** true to let Redis keep its data when it is restarted: each write is on disk before it is acknowledged */
  redisKeeps?: boolean;
  /** true to load pg_stat_statements */
  statements?: boolean;
  /** false for read measurements only, so that inserts are fast */
  durable?: boolean;
}): Promise<Services> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-bench-'));
  const durable = options.durable === false ? 'off' : 'on';
  const settings = {
    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    autovacuum: 'on',
    checkpoint_timeout: '5min',
    wal_level: 'replica',
    jit: 'on',
    ...(options.statements ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
  };
  const postgres = await startPostgres(undefined, settings, tmpdir());
  const keep = options.redisKeeps ? ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', dataDir] : [];
  const redis = options.redis ? await startOwnRedis(...keep) : undefined;
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
  // Set before any module of the product is imported, because modules read the environment.
  Object.assign(process.env, env);
  if (!redis) delete process.env.REDIS_URL;
  return {
    databaseUrl: url.href,
    adminUrl: postgres.url,
    redisUrl: redis?.url,
    postgres,
    redis,
    env,
    stop: async () => {
      await redis?.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
