import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './failure.mjs';
import { commandOf, startOf } from './process-identity.mjs';
import { signal, until } from './wait.mjs';

/** @param {string} cluster */
const path = (cluster) => join(cluster, 'postmaster.pid');

/**
 * The server's process and its state, from the file that it writes; null where there is none.
 * @param {string} cluster
 */
export function readPidFile(cluster) {
  try {
    const lines = readFileSync(path(cluster), 'utf8').split('\n');
    return { pid: Number(lines[0]), state: lines[7]?.trim() };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Stops a server that a killed start left on these files, and deletes a pid file that now names another process.
 * @param {string} cluster
 */
export async function stopLeftServer(cluster) {
  const left = readPidFile(cluster);
  if (!left) return;
  if (startOf(left.pid) === null || !commandOf(left.pid).includes(cluster)) {
    rmSync(path(cluster), { force: true });
    return;
  }
  await stopServer(left.pid);
}

/** @type {[NodeJS.Signals, number][]} */
const SHUTDOWNS = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 2_000],
];

/**
 * Requests a fast shutdown, and an immediate one after a timeout. The files stay consistent in any case.
 * @param {number} pid
 */
export async function stopServer(pid) {
  for (const [name, patience] of SHUTDOWNS) {
    signal(pid, name);
    if (await until(() => startOf(pid) === null, patience)) return;
  }
}
