import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, StartError } from './failure.mjs';
import { openLog, tailOf } from './log.mjs';
import { runAs } from './postgres-account.mjs';
import { readPidFile } from './postgres-pid-file.mjs';
import { until } from './wait.mjs';

/** Connections of all processes of one machine: 20 each (docs/operations.md), for the consumers and four more. */
function connections() {
  const consumers = Number(/\d+$/.exec(process.env.WORKER_PROCESSES ?? '')?.[0] ?? availableParallelism());
  return Math.max(200, 20 * (consumers + 4));
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: connections(),
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '15min',
  wal_level: 'minimal',
  max_wal_senders: 0,
  wal_compression: 'on',
  random_page_cost: 1.1,
  autovacuum_naptime: '15s',
  // Compiling a query takes longer than any query of the product.
  jit: 'off',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] ',
  cluster_name: 'batchyard',
};

// Recovery after a crash may read gigabytes; the start waits as long as the server lives.
const PATIENCE = 600_000;
const RETRIES = 40;

/**
 * @typedef {object} ServerOptions
 * @property {import('./postgres-home.mjs').Home} home
 * @property {string} bin folder of Postgres's programs
 * @property {number} port
 * @property {string} logs
 * @property {(child: import('node:child_process').ChildProcess) => void} onSpawn
 */

/**
 * Starts the server on a port of the loopback address and waits until it answers.
 * @param {ServerOptions} options
 */
export async function startServer(options) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(options);
    } catch (error) {
      // The connections of a killed server end shortly after it.
      if (attempt === RETRIES || !/pre-existing shared memory block/.test(messageOf(error))) throw error;
      await sleep(250);
    }
  }
}

/** @param {ServerOptions} options */
async function tryToStart({ home: { cluster, account }, bin, port, logs, onSpawn }) {
  const log = openLog(logs, 'postgres');
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', cluster, ...settings], {
    ...runAs(account),
    cwd: '/',
    // A process group of its own: Ctrl-C must not stop it before the workers.
    detached: true,
    stdio: ['ignore', log.fd ?? 'ignore', log.fd ?? 'ignore'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  });
  log.close();
  if (child.pid) onSpawn(child);
  /** @type {string | undefined} */
  let failure;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signalName) => {
    failure ??= `it ended with ${signalName ?? `exit ${code}`}`;
  });
  await until(() => failure || isReady(cluster, child.pid), PATIENCE);
  if (!failure && isReady(cluster, child.pid)) return;
  if (!failure) child.kill('SIGQUIT');
  throw new StartError(`Postgres did not start: ${failure ?? 'no answer in ten minutes'}.\n${tailOf(log.path)}`);
}

/**
 * @param {string} cluster
 * @param {number | undefined} pid
 */
function isReady(cluster, pid) {
  const file = readPidFile(cluster);
  return file !== null && file.pid === pid && file.state === 'ready';
}
