import { setTimeout as sleep } from 'node:timers/promises';

// deadlock_detected, serialization_failure: https://www.postgresql.org/docs/current/errcodes-appendix.html
const RETRYABLE = new Set(['40P01', '40001']);
const CHECK_VIOLATION = '23514';
const UNIQUE_VIOLATION = '23505';

/**
 * Postgres evaluates a CHECK on the version of a row that the statement saw, before it notices that another transaction
 * replaced that version. So a child can seem one too many although its registration was committed a moment ago.
 */
const CHECKS_ON_OLD_VERSIONS = new Set(['batch_counters_check']);

const MAX_ROUNDS = 5;

function lostToAnother(error: unknown): boolean {
  const { code = '', constraint = '' } = error as { code?: string; constraint?: string };
  return RETRYABLE.has(code) || (code === CHECK_VIOLATION && CHECKS_ON_OLD_VERSIONS.has(constraint));
}

/** Returns whether Postgres refused a row because a unique index already has its key. */
export const isUniqueViolation = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === UNIQUE_VIOLATION;

/**
 * Runs a transaction again, at most five times, if it lost against a concurrent one.
 * @throws every other error, and the last one after five rounds
 */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (round >= MAX_ROUNDS || !lostToAnother(error)) throw error;
      await sleep(Math.random() * 20 * round);
    }
  }
}
