import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, in the system's own terms, or null when it is gone. A pid alone is not enough:
 * after a restart of the machine it may belong to anyone.
 */
export function startOf(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
}

function startOnLinux(pid) {
  try {
    // The name may hold spaces and brackets, so fields are counted after its last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${fields[19]}`;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
}

function startElsewhere(pid) {
  try {
    const [state = 'Z', ...since] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') ? null : since.join(' ');
  } catch (error) {
    // ps ends with 1 when there is no such process
    if (error.status === 1) return null;
    throw error;
  }
}

/** A process as it is noted in a file: its pid and when it began. */
export const identify = (pid) => ({ pid, since: startOf(pid) });

/** Whether the process that was noted still runs. */
export const runs = (noted) => Boolean(noted?.since) && startOf(noted.pid) === noted.since;

/** What a running process was started as, with its arguments; nothing when it is gone. */
export function commandOf(pid) {
  try {
    // Small images have no ps.
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH' || error.status === 1) return '';
    throw error;
  }
}
