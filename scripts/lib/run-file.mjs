import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.mjs';
import { identify, runs } from './process-identity.mjs';

const path = (dataDir) => join(dataDir, 'run.json');

/** Notes what runs on a DATA_DIR and where it is reached; only its owner may read it, for it names the database. */
export function writeRun(dataDir, { processes, ...facts }) {
  const noted = Object.entries(processes).filter(([, pid]) => pid);
  writeJson(path(dataDir), {
    ...identify(process.pid),
    ...facts,
    processes: Object.fromEntries(noted.map(([name, pid]) => [name, identify(pid)])),
  });
}

/** What the last start noted, or null. */
export const readRun = (dataDir) => readJson(path(dataDir));

/** The start that is serving a DATA_DIR now, or null. */
export function findRunning(dataDir) {
  const run = readRun(dataDir);
  return run?.ready && runs(run) ? run : null;
}

export const removeRun = (dataDir) => rmSync(path(dataDir), { force: true });
