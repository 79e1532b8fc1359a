import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './failure.mjs';

/**
 * Checks a condition every 50 ms (or `every`) until it holds.
 * @param {() => unknown} condition may be asynchronous
 * @param {number} timeout milliseconds
 * @param {number} [every] milliseconds
 * @returns {Promise<boolean>} false when it did not hold within the timeout
 */
export async function until(condition, timeout, every = 50) {
  const end = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() >= end) return false;
    await sleep(every);
  }
  return true;
}

/**
 * Sends a signal to a process, or with a negative number to a process group. A process that is gone is no error.
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/**
 * Sends a signal to a child that was started detached, and to what it forked.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} name
 */
export function signalGroup(child, name) {
  if (child.pid) signal(-child.pid, name);
}
