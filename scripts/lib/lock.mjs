import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './failure.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { identify, runs } from './process-identity.mjs';
import { say } from './step.mjs';
import { until } from './wait.mjs';

// Longer than an orderly stop may take.
const STOP_TAKES = 25_000;

/**
 * Takes DATA_DIR for this process, so that no second start works on the same files.
 * @returns `stale`: the one before us was killed; `stopping()` and `release()`
 * @throws StartError while another start runs on it
 */
export async function lockDataDir(dataDir) {
  const path = join(dataDir, 'start.lock');
  const mine = { ...identify(process.pid), npm: npmAbove() };
  const before = readJson(path);
  if (isEnding(before)) {
    say('Waiting for the previous start to stop …');
    await until(() => !runs(readJson(path)), STOP_TAKES);
  }
  const stale = take(path, mine, dataDir);
  return {
    stale,
    stopping: () => writeJson(path, { ...mine, stopping: true }),
    release: () => rmSync(path, { force: true }),
  };
}

/** npm, when it runs us: if it goes, so do we. */
export const npmAbove = () => (process.env.npm_lifecycle_event ? identify(process.ppid) : null);

const isEnding = (holder) => runs(holder) && (holder.stopping || (holder.npm && !runs(holder.npm)));

function take(path, mine, dataDir) {
  let stale = false;
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link is made or refused as a whole, with its content: no one sees an empty lock.
        linkSync(candidate, path);
        return stale;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = readJson(path);
      if (runs(holder)) throw new StartError(refusal(dataDir, holder.pid));
      stale = true;
      removeStale(path, dataDir);
    }
  } finally {
    rmSync(candidate, { force: true });
  }
}

// Two starts may find the same stale lock; the second one must not take away the first one's new lock.
function removeStale(path, dataDir) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const holder = readJson(aside);
  if (runs(holder)) {
    linkSync(aside, path);
    rmSync(aside);
    throw new StartError(refusal(dataDir, holder.pid));
  }
  rmSync(aside);
}

function refusal(dataDir, pid) {
  const url = readJson(join(dataDir, 'run.json'))?.url;
  return `Batchyard already runs on DATA_DIR ${dataDir} (process ${pid}${url ? `, ${url}` : ''}).
Stop it first (Ctrl-C there, or kill ${pid}), or give this one its own: DATA_DIR=.data2 PORT=3001 npm start`;
}
