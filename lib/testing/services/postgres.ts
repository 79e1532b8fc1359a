import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '@/scripts/lib/port.mjs';
import { findAccount, runAs } from '@/scripts/lib/postgres-account.mjs';
import { prepareBinaries } from '@/scripts/lib/postgres-binaries.mjs';
import { ADMIN, createCluster } from '@/scripts/lib/postgres-cluster.mjs';

export interface RunningService {
  url: string;
  stop(): Promise<void>;
  /** ends it roughly and starts it again at the same address: Postgres with its data, Redis empty */
  restart(): Promise<void>;
}

/** A service that somebody else runs is neither stopped nor restarted. */
export const given = (url: string): RunningService => ({
  url,
  stop: async () => undefined,
  restart: async () => {
    throw new Error('A service that was given by its address is not restarted.');
  },
});

// Losing a test database to a power cut is fine; waiting for its disk is not.
const FLAGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '600',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
};

/**
 * A Postgres of our own in the temporary folder, or the one that TEST_DATABASE_URL names (its user creates databases).
 * @param settings beat those of tests, which are quick rather than durable
 */
export async function startPostgres(
  address: string | undefined,
  settings: Record<string, string> = {},
): Promise<RunningService> {
  if (address) return given(address);
  const home = join(tmpdir(), `batchyard-test-${process.pid}-${randomBytes(4).toString('hex')}`);
  // As root, Postgres runs as another user, which must be able to pass.
  await mkdir(home, { mode: 0o711 });
  const cluster = join(home, 'cluster');
  const account = findAccount(cluster);
  const bin = prepareBinaries(account, home);
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
    await rm(home, { recursive: true, force: true });
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
    restart: async () => {
      await end(server);
      server = launch();
      await answers(url, server);
    },
  };
}

/** Waits until the server takes connections. @throws with its last words if it ends instead */
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

/** Ends the server without waiting for its clients. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGINT');
  await exited;
}
