import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './port.mjs';
import { prepareBinaries } from './postgres-binaries.mjs';
import { createCluster } from './postgres-cluster.mjs';
import { openHome } from './postgres-home.mjs';
import { stopLeftServer, stopServer } from './postgres-pid-file.mjs';
import { provision } from './postgres-provision.mjs';
import { startServer } from './postgres-server.mjs';
import { watchServer } from './postgres-watchdog.mjs';
import { step } from './step.mjs';
import { signal, signalGroup } from './wait.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * The embedded Postgres of a DATA_DIR.
 * @param {string} dataDir
 * @param {import('./secrets.mjs').Secrets} secrets
 * @param {(how: string) => void} onExit called when it ends without having been asked to
 */
export function embeddedPostgres(dataDir, secrets, onExit) {
  const logs = join(dataDir, 'logs');
  /** @type {Omit<import('./postgres-server.mjs').ServerOptions, 'onSpawn'> | undefined} */
  let server;
  /** @type {ChildProcess | undefined} */
  let child;
  /** @type {ChildProcess | undefined} */
  let watchdog;
  let stopping = false;

  /** The pid of the server while it runs. */
  const pid = () => (child && child.exitCode === null && child.signalCode === null ? child.pid : undefined);

  /** @param {Omit<import('./postgres-server.mjs').ServerOptions, 'onSpawn'>} options */
  async function serve(options) {
    if (stopping) return;
    let isReady = false;
    /** @param {ChildProcess} spawned noted as soon as it exists: a stop may be asked for before it answers */
    const onSpawn = (spawned) => {
      child = spawned;
      const dog = watchServer(options.home, spawned.pid ?? 0);
      watchdog = dog;
      spawned.once('exit', (code, signalName) => {
        signalGroup(dog, 'SIGKILL');
        if (!stopping && isReady) onExit(signalName ?? `exit ${code}`);
      });
    };
    await step('Starting Postgres', () => startServer({ ...options, onSpawn }));
    isReady = true;
  }

  return {
    /** @returns its addresses */
    async start() {
      const home = openHome(dataDir);
      const bin = prepareBinaries(home.account, home.home);
      await stopLeftServer(home.cluster);
      await step('Creating the database', async () => createCluster(home, bin, secrets.postgresAdminPassword));
      server = { home, bin, port: await freePort(), logs };
      await serve(server);
      return provision(server.port, secrets);
    },
    /**
     * Restarts it after a crash on the same port, so that clients can reconnect.
     * @param {number} pause milliseconds to wait first
     */
    async restart(pause) {
      await sleep(pause);
      if (server) await serve(server);
    },
    /** @returns {Record<string, number | undefined>} for the run file */
    processes: () => (pid() ? { postgres: pid(), watchdog: watchdog?.pid } : {}),
    async stop() {
      stopping = true;
      const running = pid();
      if (running) await stopServer(running);
    },
    kill() {
      stopping = true;
      const running = pid();
      if (running) signal(running, 'SIGQUIT');
    },
  };
}
