import { runs } from './process-identity.mjs';
import { readRun, removeRun } from './run-file.mjs';
import { step } from './step.mjs';
import { signal, until } from './wait.mjs';

const DRAIN = 11_000;

/** Ends what a start that was killed left behind. Its database is stopped when the new one starts. */
export async function endLeftovers(dataDir) {
  const { web, workers, watchdog } = readRun(dataDir)?.processes ?? {};
  if (runs(watchdog)) signal(-watchdog.pid, 'SIGKILL');
  const left = [web, workers].filter(runs);
  if (left.length) {
    await step('The previous start was killed; waiting for what it left to finish', async () => {
      for (const { pid } of left) signal(pid, 'SIGTERM');
      await until(() => !left.some(runs), DRAIN);
      for (const { pid } of left) signal(-pid, 'SIGKILL');
      await until(() => !left.some(runs), 2_000);
    });
  }
  removeRun(dataDir);
}
