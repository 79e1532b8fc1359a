import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every 50 ms (or `every`) until `condition` holds; false when it never did within `timeout` milliseconds. */
export async function until(condition, timeout, every = 50) {
  const end = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() >= end) return false;
    await sleep(every);
  }
  return true;
}

/** Sends a signal to a process, or with a negative number to a group; what is already gone is fine. */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
