import { setTimeout as sleep } from 'node:timers/promises';

// deadlock_detected, serialization_failure: https://www.postgresql.org/docs/current/errcodes-appendix.html
const RETRYABLE = new Set(['40P01', '40001']);

/**
 * Postgres judges a CHECK on the version of a row that the statement saw, before it finds that another transaction has
 * replaced it and looks again: a child counts as too many whose registration was committed a moment ago.
 */
const EARLY_CHECKS = new Set(['batch_counters_check']);

function isLost(error: unknown): boolean {
  const { code = '', constraint = '' } = error as { code?: string; constraint?: string };
  return RETRYABLE.has(code) || (code === '23514' && EARLY_CHECKS.has(constraint));
}

/** Repeats a transaction that lost against another one; every other error is the caller's. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (round >= 5 || !isLost(error)) throw error;
      await sleep(Math.random() * 20 * round);
    }
  }
}
