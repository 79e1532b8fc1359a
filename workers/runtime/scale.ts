import { env } from '@/lib/config/env';
import { definitionOf, JOB_TYPES } from '@/lib/job-types/catalogue';
import { countWaiting } from '@/lib/queue/inspect';

/**
 * How many consumers there should be: between the configured bounds, one more while deliveries wait, one fewer
 * while nothing runs and nothing waits. The supervisor moves one at a time.
 */
export async function wantedProcesses(now: number, active: number): Promise<number> {
  const { min, max } = env().WORKER_PROCESSES;
  if (now < min) return min;
  if (min === max) return min;
  const waiting = (await Promise.all(JOB_TYPES.filter((t) => !definitionOf(t).external).map(countWaiting))).reduce(
    (sum, n) => sum + n,
    0,
  );
  if (waiting > active) return Math.min(max, now + 1);
  return waiting === 0 && active === 0 ? Math.max(min, now - 1) : now;
}
