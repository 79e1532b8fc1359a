import { runs } from './process-identity.mjs';
import { statusOf } from './ready.mjs';
import { findRunning } from './run-file.mjs';

/**
 * `batchyard health`, the health check of a container: the start of this DATA_DIR is ready, its processes run, and its
 * dashboard, if it has one, answers that jobs can run.
 * @param {string} dataDir
 * @returns {Promise<number>} the exit code
 */
export async function checkHealth(dataDir) {
  const why = await whatIsWrong(dataDir);
  console[why ? 'error' : 'log'](why ?? 'healthy');
  return why ? 1 : 0;
}

/** @param {string} dataDir */
async function whatIsWrong(dataDir) {
  const run = findRunning(dataDir);
  if (!run) return `Nothing that runs on DATA_DIR ${dataDir} is ready.`;
  const ended = Object.entries(run.processes ?? {}).flatMap(([name, process]) => (runs(process) ? [] : [name]));
  if (ended.length > 0) return `Ended and not yet started again: ${ended.join(', ')}.`;
  if (!run.url) return;
  const status = await statusOf(`${run.url}/api/health/ready`);
  return status === 200 ? undefined : `${run.url}/api/health/ready: ${status ?? 'no answer'}`;
}
