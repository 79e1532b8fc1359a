import { join } from 'node:path';
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
 * The embedded Postgres of a DATA_DIR, started.
 * @param onExit called when it ends without having been asked to
 * @returns its `url`, `processes()` for the run file, and `stop()`
 */
export async function startPostgres(dataDir, secrets, onExit) {
  const place = openHome(dataDir);
  const bin = prepareBinaries(place.account, place.home);
  await stopLeftServer(place.cluster);
  await step('Making the database', async () => createCluster(place, bin, secrets.postgresAdminPassword));
  const logs = join(dataDir, 'logs');
  const port = await freePort();
  let stopping = false;
  let child;
  let watchdog;
  const start = async () => {
    child = await step('Starting Postgres', () => startServer(place, bin, port, logs));
    watchdog = watchServer(place, child.pid);
    child.once('exit', (code, signalName) => {
      signal(-watchdog.pid, 'SIGKILL');
      if (!stopping) onExit(signalName ?? `exit ${code}`);
    });
  };
  await start();
  return {
    url: await provision(port, secrets),
    processes: () => ({ postgres: child.pid, watchdog: watchdog.pid }),
    /** after it died: on the same port, so that connections find it again */
    restart: start,
    async stop() {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) await stopServer(child.pid);
      signal(-watchdog.pid, 'SIGKILL');
    },
  };
}
