import type { JobError } from '@/lib/contracts/errors';
import type { Backoff } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { PermanentError, RetryLaterError } from './processor';

export interface Failure {
  error: JobError;
  /** no further attempt can help */
  permanent: boolean;
  /** asked for by whoever refused (Retry-After) */
  delayMs?: number;
  /** that wait is exact: the backoff does not lengthen it */
  exact?: boolean;
}

const MAX_MESSAGE = 4000;
const MAX_STACK_LINES = 12;

/** What a processor threw, as a row keeps it: bounded, and whatever it was. */
export function failureOf(thrown: unknown, code?: string): Failure {
  const error = thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : describe(thrown));
  const ownCode = code ?? (error as { code?: unknown }).code;
  return {
    error: {
      message: (error.message || error.name).slice(0, MAX_MESSAGE),
      ...(typeof ownCode === 'string' ? { code: ownCode.slice(0, 100) } : {}),
      ...(error.stack
        ? { stack: error.stack.split('\n').slice(0, MAX_STACK_LINES).join('\n').slice(0, MAX_MESSAGE) }
        : {}),
    },
    permanent: error instanceof PermanentError,
    ...(error instanceof RetryLaterError ? { delayMs: error.delayMs, exact: error.exact } : {}),
  };
}

function describe(thrown: unknown): string {
  try {
    return `The processor threw ${stringifyJson(thrown)?.slice(0, 500) ?? String(thrown)}`;
  } catch {
    return 'The processor threw a value that can’t be shown.';
  }
}

/** A day: the longest wait between two attempts. */
const MAX_DELAY_MS = 24 * 3600 * 1000;

/**
 * Milliseconds before the next attempt, as BullMQ's own strategies: fixed, or doubling from the first delay.
 * https://docs.bullmq.io/guide/retrying-failing-jobs
 * @param failures attempts that failed so far, from 1
 */
export function retryDelay(backoff: Backoff | null, failures: number): number {
  if (!backoff) return 0;
  const delay = backoff.type === 'fixed' ? backoff.delay : backoff.delay * 2 ** (failures - 1);
  return Math.min(delay, MAX_DELAY_MS);
}
