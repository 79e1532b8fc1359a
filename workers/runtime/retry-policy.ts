import { isDatabaseAway } from '@/lib/config/database-away';
import { logger } from '@/lib/config/logger';
import { exponential, withJitter } from '@/lib/contracts/backoff';
import type { JobError } from '@/lib/contracts/errors';
import type { Backoff } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import type { Outcome } from '@/lib/domain/job/record-outcomes';
import { definitionOf } from '@/lib/job-types/catalogue';
import { isPermanent, isRetryLater, type RetryLaterError } from '@/lib/job-types/failures';
import type { AbortReason } from './running-attempts';

/** A job may be deferred this often without an attempt being counted. A limit that never lifts is a failure. */
const MAX_DEFERRALS = 100;
/** The outcome is recorded only when the database is back, so a short delay is enough. */
const DATABASE_AWAY_MS = 1000;
/** A day: the longest delay of a backoff, before jitter. */
const MAX_DELAY_MS = 24 * 3600 * 1000;
/** At most this share of the backoff is added at random, so that rows which failed together do not return together. */
export const MAX_JITTER = 0.25;

/**
 * Decides how an attempt ends that threw or was aborted: `failed` or `cancelled`, or another attempt after `delayMs`
 * (`retry` counts this attempt, `defer` does not). If our own database is unavailable, the attempt is deferred.
 * @param random for the jitter, in [0, 1)
 */
export function classifyOutcome(
  claim: Claim,
  aborted: AbortReason | undefined,
  thrown: unknown,
  random: () => number = Math.random,
): Pick<Outcome, 'kind' | 'error' | 'delayMs'> {
  if (aborted === 'cancel') {
    return { kind: 'cancelled', error: { message: 'Cancelled while it ran.', code: 'cancelled' } };
  }
  const { timeoutMs } = definitionOf(claim.type).defaults;
  const failure =
    aborted === 'timeout'
      ? failureOf(new Error(`It ran longer than ${timeoutMs / 1000} s and was stopped.`), 'timeout')
      : failureOf(thrown);
  const { error } = failure;
  logger.debug(
    { jobId: claim.id, correlationId: claim.correlation_id, err: thrown },
    'An attempt failed. The retry policy decides whether another one follows.',
  );
  const hint = failure.retryAfter ?? (isDatabaseAway(thrown) ? { delayMs: DATABASE_AWAY_MS, exact: true } : undefined);
  if (hint && claim.attempt < claim.max_attempts + MAX_DEFERRALS) {
    return { kind: 'defer', error, delayMs: delayAfter(hint, claim, random) };
  }
  const attemptsLeft = claim.max_attempts - claim.attempts_made - 1;
  if (failure.permanent || attemptsLeft <= 0) return { kind: 'failed', error };
  return { kind: 'retry', error, delayMs: delayAfter(hint, claim, random) };
}

/** A time that somebody asked to wait for. `exact`: neither backoff nor jitter is added. */
type Hint = Pick<RetryLaterError, 'delayMs' | 'exact'>;

/** The hint is a lower bound, as the backoff is. The jitter of the backoff is added to the longer of the two. */
function delayAfter(hint: Hint | undefined, claim: Claim, random: () => number): number {
  if (hint?.exact) return hint.delayMs;
  const failures = claim.attempts_made + 1;
  const backoff = retryDelay(claim.backoff, failures, () => 0);
  const jitter = retryDelay(claim.backoff, failures, random) - backoff;
  return Math.max(hint?.delayMs ?? 0, backoff) + jitter;
}

/**
 * Milliseconds before the next attempt: the declared delay, or that doubled with each further failure, a day at most.
 * Jitter adds up to a quarter, so the declared delay stays the lower bound.
 * @param failures attempts that failed so far, from 1
 */
export function retryDelay(backoff: Backoff | null, failures: number, random: () => number = Math.random): number {
  if (!backoff) return 0;
  const delay =
    backoff.type === 'fixed'
      ? withJitter(Math.min(backoff.delay, MAX_DELAY_MS), MAX_JITTER, random)
      : exponential({ base: backoff.delay, max: MAX_DELAY_MS, jitter: MAX_JITTER, random })(failures);
  return Math.round(delay);
}

interface Failure {
  error: JobError;
  /** further attempts can't help */
  permanent: boolean;
  /** the processor asked for a later time */
  retryAfter?: Hint;
}

const MAX_MESSAGE = 4000;
const MAX_STACK_LINES = 12;

/** What a processor threw, as it is stored: bounded, whatever value it was. */
function failureOf(thrown: unknown, code?: string): Failure {
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
    permanent: isPermanent(error),
    ...(isRetryLater(error) ? { retryAfter: error } : {}),
  };
}

function describe(thrown: unknown): string {
  try {
    return `The processor threw ${stringifyJson(thrown)?.slice(0, 500) ?? String(thrown)}`;
  } catch {
    return 'The processor threw a value that can’t be shown.';
  }
}
