import { readFileSync } from 'node:fs';

/** CPU time of the calling thread in milliseconds; of the whole process where the system does not report it. */
function computed(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    // Not Linux.
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

/** Milliseconds of `referenceWork` on two cores of a server of 2024 (AMD EPYC) whose memory costs 0.25 ms for a MB. */
const REFERENCE_MS = 29;
const FRESH_BYTES = 16 * 1024 ** 2;

/**
 * Parses 60,000 small objects, and writes memory that no process had before. A large body needs both, and in a small
 * virtual machine the memory may cost ten times as much as elsewhere while the processor is as fast.
 */
function referenceWork(text: string): number {
  const from = computed();
  JSON.parse(text);
  Buffer.allocUnsafeSlow(FRESH_BYTES).fill(1);
  return computed() - from;
}

/** How many times longer the same work takes here, at least 1, so that tests do not fail on slow machines. */
export function slowness(): number {
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ id: i, name: `row ${i}`, tags: ['a', 'b'] }));
  const text = JSON.stringify(rows);
  const times = Array.from({ length: 8 }, () => referenceWork(text));
  return Math.max(1, Math.min(...times) / REFERENCE_MS);
}

/**
 * Returns the longest time in milliseconds that work blocked the event loop, measured as CPU time of its thread between
 * two turns. Time in which the thread waits for a CPU does not count, so a busy machine changes nothing.
 */
export async function longestHold(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = computed();
  const look = () => {
    const now = computed();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  try {
    await work();
  } finally {
    look();
    clearInterval(timer);
  }
  return longest;
}
