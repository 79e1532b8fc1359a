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
