import { readFileSync } from 'node:fs';

/** Milliseconds that the calling thread has computed; of the whole process where the system does not tell it. */
function computed(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    // Not Linux.
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

/** What reading 60,000 small objects takes on two cores of a server of 2024 (AMD EPYC), in milliseconds. */
const REFERENCE_MS = 25;

/** How many times longer than there the same work takes here, 1 at least: a slow machine is no fault of the code. */
export function slowness(): number {
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ id: i, name: `row ${i}`, tags: ['a', 'b'] }));
  const text = JSON.stringify(rows);
  const times = Array.from({ length: 8 }, () => {
    const from = computed();
    JSON.parse(text);
    return computed() - from;
  });
  return Math.max(1, Math.min(...times) / REFERENCE_MS);
}

/**
 * The longest time in milliseconds that work held the event loop: what its thread computed between two turns of the
 * loop. Time in which the thread waited for a processor does not count, so that a busy machine changes nothing.
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
