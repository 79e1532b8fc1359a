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
import { signal } from './wait.mjs';

/**
 * The embedded Postgres of a DATA_DIR.
 * @param onExit called when it ends without having been asked to
 * @returns `start()`, which answers its URL; `restart()`; `processes()` for the run file; `stop()` and `kill()` at any time
 */
export function embeddedPostgres(dataDir, secrets, onExit) {
  const logs = join(dataDir, 'logs');
  let place;
  let bin;
  let port;
  let child;
  let watchdog;
  let stopping = false;

  const isOver = () => !child?.pid || child.exitCode !== null || child.signalCode !== null;
  // Noted as soon as it exists: a stop may be asked for before it answers.
  const onSpawn = (spawned) => {
    child = spawned;
    watchdog = watchServer(place, spawned.pid);
    spawned.once('exit', (code, signalName) => {
      signal(-watchdog.pid, 'SIGKILL');
      if (!stopping && spawned.isReady) onExit(signalName ?? `exit ${code}`);
    });
  };
  const serve = async () => {
    if (stopping) return;
    await step('Starting Postgres', () => startServer(place, bin, port, logs, onSpawn));
    child.isReady = true;
  };

  return {
    async start() {
      place = openHome(dataDir);
      bin = prepareBinaries(place.account, place.home);
      await stopLeftServer(place.cluster);
      await step('Making the database', async () => createCluster(place, bin, secrets.postgresAdminPassword));
      port = await freePort();
      await serve();
      return provision(port, secrets);
    },
    /** after it died, in `pause` milliseconds: on the same port, so that connections find it again */
    async restart(pause) {
      await sleep(pause);
      await serve();
    },
    processes: () => (isOver() ? {} : { postgres: child.pid, watchdog: watchdog.pid }),
    async stop() {
      stopping = true;
      if (!isOver()) await stopServer(child.pid);
    },
    kill() {
      stopping = true;
      if (!isOver()) signal(child.pid, 'SIGQUIT');
    },
  };
}
