import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '@/scripts/lib/port.mjs';
import { findAccount, runAs } from '@/scripts/lib/postgres-account.mjs';
import { prepareBinaries } from '@/scripts/lib/postgres-binaries.mjs';
import { ADMIN, createCluster } from '@/scripts/lib/postgres-cluster.mjs';
import { startOf } from '@/scripts/lib/process-identity.mjs';

export interface RunningService {
  url: string;
  stop(): Promise<void>;
  /**
   * Stops it and starts it again at the same address, without waiting for its clients: Postgres keeps its data, Redis is
   * empty. @param awayMs milliseconds between the two
   */
  restart(awayMs?: number): Promise<void>;
}

/** An external service is neither stopped nor restarted. */
export const given = (url: string): RunningService => ({
  url,
  stop: async () => undefined,
  restart: async () => {
    throw new Error('A service that was given by its address is not restarted.');
  },
});

// A test database need not survive a power failure, so writes do not wait for the disk. It lives for minutes, so nothing
// is worth vacuuming, and its log is only as long as memory allows.
const FLAGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  jit: 'off',
  max_connections: '600',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
};

const MEMORY = '/dev/shm';
const FREE_BYTES = 2 * 1024 ** 3;
const NAME = /^batchyard-test-(\d+)-/;

/**
 * Returns the folder for test clusters: in memory where Linux offers that with 2 GiB free, else the temporary folder. A
 * database is some 450 files, and creating them costs twenty times less in memory than on a disk.
 */
function clusterFolder(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < FREE_BYTES) return tmpdir();
  } catch {
    // Not Linux, or a container without shared memory.
    return tmpdir();
  }
  removeAbandoned(MEMORY);
  return MEMORY;
}

/** Removes the clusters of killed test runs. Their servers notice within a minute, and end. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(NAME.exec(name)?.[1]);
    // Another user's are left alone.
    const isOurs = pid > 0 && statSync(join(folder, name), { throwIfNoEntry: false })?.uid === process.getuid?.();
    if (isOurs && startOf(pid) === null) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * Starts Postgres, or uses the server at TEST_DATABASE_URL (its user must create databases).
 * @param settings override the test settings, which prefer speed over durability
 * @param folder where the cluster is made; in memory by default
 */
export async function startPostgres(
  address: string | undefined,
  settings: Record<string, string> = {},
  folder?: string,
): Promise<RunningService> {
  if (address) return given(address);
  const name = `batchyard-test-${process.pid}-${randomBytes(4).toString('hex')}`;
  const home = join(folder ?? clusterFolder(), name);
  // A copy of the programs, where one is needed: a folder in memory may forbid to run what is in it.
  const programs = join(tmpdir(), name);
  // As root, Postgres runs as another user, which needs access to the folders.
  for (const path of new Set([home, programs])) await mkdir(path, { mode: 0o711 });
  const cluster = join(home, 'cluster');
  const account = findAccount(cluster);
  const bin = prepareBinaries(account, programs);
  const password = randomBytes(12).toString('hex');
  createCluster({ home, cluster, account }, bin, password);
  const port = await freePort();
  const url = `postgresql://${ADMIN}:${password}@127.0.0.1:${port}/postgres`;
  const flags = Object.entries({ ...FLAGS, ...settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const launch = () =>
    spawn(join(bin, 'postgres'), ['-D', cluster, ...flags], {
      ...runAs(account),
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });

  let server = launch();
  const atExit = () => server.kill('SIGQUIT');
  process.once('exit', atExit);
  const stop = async () => {
    process.off('exit', atExit);
    await end(server);
    for (const path of [home, programs]) await rm(path, { recursive: true, force: true });
  };
  try {
    await answers(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    stop,
    restart: async (awayMs = 0) => {
      await end(server);
      if (awayMs > 0) await sleep(awayMs);
      server = launch();
      await answers(url, server);
    },
  };
}

/** Waits until the server accepts connections. @throws with its last output if it exits instead */
async function answers(url: string, server: ChildProcess): Promise<void> {
  const words: string[] = [];
  server.stderr?.on('data', (chunk) => words.push(String(chunk)));
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || server.signalCode !== null) {
        throw new Error(`The test Postgres ended.\n${words.slice(-20).join('')}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

/** Stops the server without waiting for its clients. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGINT');
  await exited;
}
