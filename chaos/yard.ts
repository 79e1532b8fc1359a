import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startPostgres } from '@/lib/testing/services/postgres';
import { startRedis } from '@/lib/testing/services/redis';
import { createTemplate } from '@/lib/testing/services/template';

/** The services of one chaos run, which faults may be done to. */
export interface Yard {
  backend: 'redis' | 'postgres';
  postgres: RunningService;
  redis: RunningService | undefined;
  workers: ChildProcess;
  /** starts a supervisor in place of one that was killed */
  startWorkers(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Postgres, Redis where asked for, and the compiled workers. Sets the environment of this process. */
export async function openYard(backend: 'redis' | 'postgres'): Promise<Yard> {
  const dataDir = await mkdtemp(join(tmpdir(), 'batchyard-chaos-'));
  const postgres = await startPostgres(undefined);
  const redis = backend === 'redis' ? await startRedis(undefined) : undefined;
  await createTemplate(postgres.url, 'chaos');
  const url = new URL(postgres.url);
  url.pathname = '/chaos';
  Object.assign(process.env, {
    DATABASE_URL: url.href,
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    MAX_ACTIVE_BATCHES: '8',
    WORKER_PROCESSES: '2',
  });
  if (redis) process.env.REDIS_URL = redis.url;
  else delete process.env.REDIS_URL;
  const yard: Yard = {
    backend,
    postgres,
    redis,
    workers: forkWorkers(),
    async startWorkers() {
      yard.workers = forkWorkers();
    },
    async stop() {
      if (yard.workers.exitCode === null && yard.workers.signalCode === null) {
        yard.workers.kill('SIGTERM');
        await once(yard.workers, 'exit');
      }
      await redis?.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return yard;
}

const forkWorkers = (): ChildProcess =>
  fork(join(process.cwd(), 'dist/workers/main.js'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
