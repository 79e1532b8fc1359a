import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of each part so far, in microseconds; empty where /proc is not available. */
export type CpuTimes = Map<string, number>;

/** The kernel counts in hundredths of a second (USER_HZ, man 5 proc). */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

const PARTS: [RegExp, string][] = [
  [/batchyard-watchdog/, 'watchdog of Postgres'],
  [/scripts\/start\.mjs/, 'start'],
  [/redis-server/, 'Redis'],
  [/workers\/main/, 'supervisor'],
  [/workers\/consumer/, 'consumer'],
  [/postgres/, 'Postgres'],
  [/dist\/scripts\/web|next-server/, 'web'],
  [/bench\/(throughput|machines|notifications|searchable)/, 'launcher'],
  [/bench\/peers\//, 'peer'],
  [/npm(-cli\.js)? start/, 'npm'],
];

/** Returns the CPU time of every part that descends from this process. */
export const readCpuTimes = (): CpuTimes => sum('us');

/** Returns the resident memory of each part's largest process, in bytes. */
export const readMemory = (): Map<string, number> => sum('bytes');

export interface Process {
  pid: number;
  parent: number;
  part: string | undefined;
  /** CPU time so far, in microseconds; of Postgres with that of its ended backends */
  us: number;
  /** with that of its ended children, whatever it is */
  usWithEnded: number;
  /** resident memory */
  bytes: number;
}

function sum(what: 'us' | 'bytes'): Map<string, number> {
  const found = new Map<string, number>();
  for (const { part, [what]: value } of listDescendants(process.pid)) {
    if (!part) continue;
    const sofar = found.get(part) ?? 0;
    found.set(part, what === 'us' ? sofar + value : Math.max(sofar, value));
  }
  return found;
}

/** Lists the process `root` and everything that descends from it. */
export function listDescendants(root: number): Process[] {
  const processes = readProcesses();
  const descends = (pid: number): boolean => pid === root || (pid > 1 && descends(processes.get(pid)?.parent ?? 0));
  return [...processes.values()].filter(({ pid }) => descends(pid));
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
      const add = (...indexes: number[]) => indexes.reduce((sum, i) => sum + (fields[i] ?? 0), 0) * TICK_US;
      const [us, usWithEnded] = [add(11, 12), add(11, 12, 13, 14)];
      processes.set(pid, {
        pid,
        parent: fields[1] ?? 0,
        part,
        // Postgres forks and ends backends all the time.
        us: part === 'Postgres' ? usWithEnded : us,
        usWithEnded,
        bytes: (fields[21] ?? 0) * PAGE_BYTES,
      });
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
