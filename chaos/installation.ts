import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type RunningService, startPostgres } from '@/lib/testing/services/postgres';
import { type ServiceProxy, startProxy } from '@/lib/testing/services/proxy';
import { startRedis } from '@/lib/testing/services/redis';
import { createTemplate } from '@/lib/testing/services/template';
import { until } from '@/lib/testing/until';
import { freePort } from '@/scripts/lib/port.mjs';
import { openTraps, type Traps } from './traps';

const API_KEY = 'chaos-key-0123456789-0123456789';

/** The dashboard of an installation, as `npm start` runs it. */
export interface Web {
  url: string;
  apiKey: string;
  pid: number;
  /** kills it and all processes that it forked */
  kill(): Promise<void>;
}

/** The services of one chaos run, as targets of faults. The oracle connects directly, the product through proxies. */
export interface Installation {
  backend: 'redis' | 'postgres';
  postgres: RunningService;
  redis: RunningService | undefined;
  /** the proxy from the product to Postgres */
  postgresProxy: ServiceProxy;
  /** the proxy from the product to Redis */
  redisProxy: ServiceProxy | undefined;
  workers: ChildProcess;
  traps: Traps;
  /** starts a supervisor to replace a killed one */
  startWorkers(): void;
  /** returns the running dashboard; starts it on the first call, and again after a kill */
  web(): Promise<Web>;
  stop(): Promise<void>;
}

/** Starts Postgres, Redis if requested, and the compiled workers. Sets the environment of this process. */
export async function openInstallation(backend: 'redis' | 'postgres'): Promise<Installation> {
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
    INIT_ADMIN_EMAIL: 'chaos@example.com',
    INIT_ADMIN_PASSWORD: 'nothing-is-lost',
    INIT_API_KEY: API_KEY,
    AUTH_SECRET: 'only-for-the-installation-of-a-chaos-run-0123456789',
    SECRETS_KEY: 'only-for-the-installation-of-a-chaos-run-0123456789',
  });
  if (redis) process.env.REDIS_URL = redis.url;
  else delete process.env.REDIS_URL;

  const postgresProxy = await startProxy(url.href);
  const redisProxy = redis && (await startProxy(redis.url));
  await mkdir(join(dataDir, 'traps'));
  const traps = openTraps(join(dataDir, 'traps'));
  const productEnv = {
    ...process.env,
    DATABASE_URL: postgresProxy.through(url.href),
    ...(redis && redisProxy ? { REDIS_URL: redisProxy.through(redis.url) } : {}),
  };
  const startWorkers = () =>
    fork(join(process.cwd(), 'dist/workers/main.js'), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...productEnv,
        CHAOS_TRAPS: traps.folder,
        NODE_OPTIONS: `--import ${pathToFileURL(join(process.cwd(), 'dist/chaos/trap.js')).href}`,
      },
    });
  let web: Promise<Web> | undefined;
  const installation: Installation = {
    backend,
    postgres,
    redis,
    postgresProxy,
    redisProxy,
    traps,
    workers: startWorkers(),
    startWorkers() {
      installation.workers = startWorkers();
    },
    web() {
      web ??= startWeb(productEnv, () => {
        web = undefined;
      });
      return web;
    },
    async stop() {
      await (await web)?.kill();
      if (installation.workers.exitCode === null && installation.workers.signalCode === null) {
        installation.workers.kill('SIGTERM');
        await once(installation.workers, 'exit');
      }
      await Promise.all([postgresProxy.stop(), redisProxy?.stop()]);
      await redis?.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return installation;
}

async function startWeb(env: NodeJS.ProcessEnv, onGone: () => void): Promise<Web> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join('dist', 'scripts', 'web.js')], {
    env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('The dashboard could not be started.');
  const atExit = () => process.kill(-pid, 'SIGKILL');
  process.once('exit', atExit);
  child.once('exit', () => {
    process.off('exit', atExit);
    onGone();
  });
  await until(
    'the dashboard is ready',
    async () => {
      if (child.exitCode !== null) throw new Error(`The dashboard ended with ${child.exitCode}.`);
      return fetch(`${url}/api/health/ready`).then(
        (r) => r.ok,
        () => false,
      );
    },
    { everyMs: 100 },
  );
  return {
    url,
    apiKey: API_KEY,
    pid,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      process.kill(-pid, 'SIGKILL');
      await gone;
    },
  };
}
