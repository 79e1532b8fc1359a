import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, startOf } from './process-identity.mjs';
import { signal, until } from './wait.mjs';

const path = (cluster) => join(cluster, 'postmaster.pid');

/** What the server says about itself: its process and its state, or null when it left no file. */
export function readPidFile(cluster) {
  try {
    const lines = readFileSync(path(cluster), 'utf8').split('\n');
    return { pid: Number(lines[0]), state: lines[7]?.trim() };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Stops a server that a killed start left on these files, and clears a pid file that now names someone else. */
export async function stopLeftServer(cluster) {
  const left = readPidFile(cluster);
  if (!left) return;
  if (startOf(left.pid) === null || !commandOf(left.pid).includes(cluster)) {
    rmSync(path(cluster), { force: true });
    return;
  }
  await stopServer(left.pid);
}

/** A fast shutdown; harder ones if it takes too long. The files stay sound in any case. */
export async function stopServer(pid) {
  for (const [name, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ]) {
    signal(pid, name);
    if (await until(() => startOf(pid) === null, patience)) return;
  }
}
