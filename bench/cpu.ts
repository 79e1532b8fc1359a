import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of each part so far, in microseconds; empty where /proc is not available. */
export type CpuTimes = Map<string, number>;

/** The kernel counts in hundredths of a second (USER_HZ, man 5 proc). */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

const PARTS: [RegExp, string][] = [
  [/redis-server/, 'Redis'],
  [/workers\/main/, 'supervisor'],
  [/workers\/consumer/, 'consumer'],
  [/postgres/, 'Postgres'],
  [/dist\/scripts\/web|next-server/, 'web'],
  [/bench\/throughput/, 'launcher'],
  [/bench\/peers\//, 'peer'],
];

/** Returns the CPU time of every part that descends from this process. */
export const readCpuTimes = (): CpuTimes => sum('us');

/** Returns the resident memory of each part's largest process, in bytes. */
export const readMemory = (): Map<string, number> => sum('bytes');

interface Process {
  parent: number;
  part: string | undefined;
  us: number;
  bytes: number;
}

function sum(what: 'us' | 'bytes'): Map<string, number> {
  const processes = readProcesses();
  const ours = (pid: number): boolean => pid === process.pid || (pid > 1 && ours(processes.get(pid)?.parent ?? 0));
  const found = new Map<string, number>();
  for (const [pid, { part, [what]: value }] of processes) {
    if (!part || !ours(pid)) continue;
    const sofar = found.get(part) ?? 0;
    found.set(part, what === 'us' ? sofar + value : Math.max(sofar, value));
  }
  return found;
}

function readProcesses(): Map<number, Process> {
  const processes = new Map<number, Process>();
  for (const pid of listPids()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const part = PARTS.find(([pattern]) => pattern.test(command))?.[1];
      // Includes exited children: Postgres forks and ends backends all the time.
      const ticks = [11, 12, ...(part === 'Postgres' ? [13, 14] : [])].reduce((sum, i) => sum + (fields[i] ?? 0), 0);
      processes.set(pid, { parent: fields[1] ?? 0, part, us: ticks * TICK_US, bytes: (fields[21] ?? 0) * PAGE_BYTES });
    } catch {
      // The process exited while the list was read.
    }
  }
  return processes;
}

/** Returns the usage between two readings, per job of `count`. */
export function cpuPerJob(before: CpuTimes, after: CpuTimes, count: number): CpuTimes {
  return new Map([...after].map(([part, us]) => [part, (us - (before.get(part) ?? 0)) / count]));
}

function listPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Boolean);
  } catch {
    return [];
  }
}
