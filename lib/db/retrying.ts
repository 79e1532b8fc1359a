import { setTimeout as sleep } from 'node:timers/promises';

// deadlock_detected, serialization_failure: https://www.postgresql.org/docs/current/errcodes-appendix.html
const RETRYABLE = new Set(['40P01', '40001']);

/** Repeats a transaction that lost against another one; every other error is the caller's. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (round >= 5 || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error;
      await sleep(Math.random() * 20 * round);
    }
  }
}
