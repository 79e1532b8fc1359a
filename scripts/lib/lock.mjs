import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './failure.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { holderOf, takeLock } from './lock-file.mjs';
import { identify, runs } from './process-identity.mjs';
import { say } from './step.mjs';
import { until } from './wait.mjs';

// Longer than an orderly stop may take.
const STOP_TAKES = 25_000;

/**
 * Locks DATA_DIR for this process, so that no second start uses the same files.
 * @param {string} dataDir
 * @returns `stale`: the previous holder was killed; `stopping()` and `release()`
 * @throws {StartError} while another start runs on it
 */
export async function lockDataDir(dataDir) {
  const path = join(dataDir, 'start.lock');
  const mine = { ...identify(process.pid), npm: npmAbove() };
  if (isEnding(holderOf(path))) {
    say('Waiting for the previous start to stop …');
    await until(() => !runs(holderOf(path)), STOP_TAKES);
  }
  const { holder, stale } = takeLock(path, mine);
  if (holder) throw new StartError(refusal(dataDir, holder.pid));
  return {
    stale,
    stopping: () => writeJson(path, { ...mine, stopping: true }),
    release: () => rmSync(path, { force: true }),
  };
}

/** The npm that runs this process, which stops when npm has ended. */
export const npmAbove = () => (process.env.npm_lifecycle_event ? identify(process.ppid) : null);

/** @param {import('./lock-file.mjs').Holder | null} holder */
const isEnding = (holder) => runs(holder) && (holder?.stopping || (holder?.npm && !runs(holder.npm)));

/**
 * @param {string} dataDir
 * @param {number} pid
 */
function refusal(dataDir, pid) {
  const run = /** @type {{ url?: string } | null} */ (readJson(join(dataDir, 'run.json')));
  return `Batchyard already runs on DATA_DIR ${dataDir} (process ${pid}${run?.url ? `, ${run.url}` : ''}).
Stop it first (Ctrl-C there, or kill ${pid}), or give this one its own: DATA_DIR=.data2 PORT=3001 npm start`;
}
