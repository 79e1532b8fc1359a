import { runs } from './process-identity.mjs';
import { readRun, removeRun } from './run-file.mjs';
import { step } from './step.mjs';
import { WORKERS_STOP_IN } from './stop.mjs';
import { signal, until } from './wait.mjs';

/**
 * Stops the processes that a killed start left behind. Its database is stopped when the new one starts.
 * @param {string} dataDir
 */
export async function endLeftovers(dataDir) {
  const { web, workers, watchdog } = readRun(dataDir)?.processes ?? {};
  if (watchdog && runs(watchdog)) signal(-watchdog.pid, 'SIGKILL');
  const left = [web, workers].flatMap((noted) => (noted && runs(noted) ? [noted] : []));
  if (left.length) {
    await step('The previous start was killed; waiting for what it left to finish', async () => {
      for (const { pid } of left) signal(pid, 'SIGTERM');
      await until(() => !left.some(runs), WORKERS_STOP_IN);
      for (const { pid } of left) signal(-pid, 'SIGKILL');
      await until(() => !left.some(runs), 2_000);
    });
  }
  removeRun(dataDir);
}
