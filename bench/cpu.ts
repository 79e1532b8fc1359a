import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of processor time that each part has used so far; empty where /proc is not to be had. */
export type CpuTimes = Map<string, number>;

/** The kernel counts in hundredths of a second (USER_HZ, man 5 proc). */
const TICK_US = 10_000;

const PARTS: [RegExp, string][] = [
  [/redis-server/, 'Redis'],
  [/workers\/main/, 'supervisor'],
  [/workers\/consumer/, 'consumer'],
  [/postgres/, 'Postgres'],
  [/bench\/main/, 'launcher'],
];

/** Reads the processor time of everything that descends from this process. */
export function readCpuTimes(): CpuTimes {
  const processes = new Map<number, { parent: number; part: string | undefined; us: number }>();
  for (const pid of listPids()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const part = PARTS.find(([pattern]) => pattern.test(command))?.[1];
      // With its ended children: Postgres forks and ends backends all the time.
      const ticks = [11, 12, ...(part === 'Postgres' ? [13, 14] : [])].reduce((sum, i) => sum + (fields[i] ?? 0), 0);
      processes.set(pid, { parent: fields[1] ?? 0, part, us: ticks * TICK_US });
    } catch {
      // It ended while the list was read.
    }
  }
  const ours = (pid: number): boolean => pid === process.pid || (pid > 1 && ours(processes.get(pid)?.parent ?? 0));
  const times: CpuTimes = new Map();
  for (const [pid, { part, us }] of processes) {
    if (part && ours(pid)) times.set(part, (times.get(part) ?? 0) + us);
  }
  return times;
}

/** What was used between two readings, for each of `count` jobs. */
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
