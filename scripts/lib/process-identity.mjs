import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf } from './failure.mjs';

/**
 * The identity of a process in a file: its pid and start time.
 * @typedef {{ pid: number, since: string | null }} Identity
 */

/**
 * The start time of a process as the system reports it, or null if it has ended. A pid alone is not enough:
 * after a restart of the machine it may belong to another process.
 * @param {number} pid
 * @returns {string | null}
 */
export function startOf(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
}

/** @param {number} pid */
function startOnLinux(pid) {
  try {
    // The name may hold spaces and brackets, so fields are counted after its last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${fields[19]}`;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** @param {number} pid */
function startElsewhere(pid) {
  try {
    const [state = 'Z', ...since] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') ? null : since.join(' ');
  } catch (error) {
    if (endedWith1(error)) return null;
    throw error;
  }
}

/**
 * @param {number} pid
 * @returns {Identity}
 */
export const identify = (pid) => ({ pid, since: startOf(pid) });

/**
 * Returns whether the recorded process still runs.
 * @param {Identity | null | undefined} noted
 */
export const runs = (noted) => Boolean(noted?.since) && startOf(noted?.pid ?? 0) === noted?.since;

/**
 * Returns the command line of a running process, or empty text when it has ended.
 * @param {number} pid
 */
export function commandOf(pid) {
  try {
    // Small images have no ps.
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch (error) {
    if (isGone(error) || endedWith1(error)) return '';
    throw error;
  }
}

/** @param {unknown} error */
const isGone = (error) => ['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '');

/**
 * `ps` ends with 1 when there is no such process.
 * @param {unknown} error
 */
const endedWith1 = (error) => error instanceof Error && 'status' in error && error.status === 1;
