import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.mjs';
import { identify, runs } from './process-identity.mjs';

/**
 * The facts that a start stores about itself.
 * @typedef {object} RunFacts
 * @property {string} url of the dashboard; empty where only workers run
 * @property {boolean} ready
 * @property {string | undefined} databaseUrl
 *
 * @typedef {import('./process-identity.mjs').Identity & RunFacts & {
 *   processes?: Partial<Record<string, import('./process-identity.mjs').Identity>> }} Run
 */

/** @param {string} dataDir */
const path = (dataDir) => join(dataDir, 'run.json');

/**
 * Stores what runs on a DATA_DIR and its address. Only its owner may read it, since it names the database.
 * @param {string} dataDir
 * @param {RunFacts & { processes: Record<string, number | null | undefined> }} facts
 */
export function writeRun(dataDir, { processes, ...facts }) {
  const noted = Object.entries(processes).flatMap(([name, pid]) => (pid ? [[name, identify(pid)]] : []));
  writeJson(path(dataDir), {
    ...identify(process.pid),
    ...facts,
    processes: Object.fromEntries(noted),
  });
}

/**
 * Returns the facts of the last start, or null.
 * @param {string} dataDir
 */
export const readRun = (dataDir) => /** @type {Run | null} */ (readJson(path(dataDir)));

/**
 * Returns the start that serves a DATA_DIR now, or null.
 * @param {string} dataDir
 */
export function findRunning(dataDir) {
  const run = readRun(dataDir);
  return run?.ready && runs(run) ? run : null;
}

/** @param {string} dataDir */
export const removeRun = (dataDir) => rmSync(path(dataDir), { force: true });
