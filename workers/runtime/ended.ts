import { isDatabaseAway } from '@/lib/config/database-away';
import { logger } from '@/lib/config/logger';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import type { Outcome } from '@/lib/domain/job/record-outcomes';
import { definitionOf } from '@/lib/job-types/catalogue';
import { failureOf, retryDelay } from './failure';
import type { Aborted } from './running';

/** How often a job may be put off without an attempt being counted: a limit that never lifts is a failure. */
const MAX_DEFERRALS = 100;
/** Its outcome is recorded only once the database is back, so this is no more than a eventLoop. */
const DATABASE_AWAY_MS = 1000;

/**
 * How an attempt that threw, or was told to stop, ends: for good, or with another attempt to come. One that met our
 * own database away is put off and not counted, as nothing is wrong with the job.
 */
export function ended(
  claim: Claim,
  aborted: Aborted | undefined,
  thrown: unknown,
): Pick<Outcome, 'kind' | 'error' | 'delayMs'> {
  if (aborted === 'cancel')
    return { kind: 'cancelled', error: { message: 'Cancelled while it ran.', code: 'cancelled' } };
  const failure = failureOf(
    aborted === 'timeout'
      ? new Error(`It ran longer than ${definitionOf(claim.type).defaults.timeoutMs / 1000} s and was stopped.`)
      : thrown,
    aborted === 'timeout' ? 'timeout' : undefined,
  );
  logger.debug({ jobId: claim.id, correlationId: claim.correlation_id, err: thrown }, 'an attempt failed');
  if (isDatabaseAway(thrown) && failure.delayMs === undefined) {
    failure.delayMs = DATABASE_AWAY_MS;
    failure.exact = true;
  }
  const backoff = retryDelay(claim.backoff, claim.attempts_made + 1);
  const delayMs = failure.exact ? failure.delayMs : failure.delayMs && Math.max(failure.delayMs, backoff);
  const attemptsLeft = claim.max_attempts - claim.attempts_made - 1;
  if (delayMs !== undefined && claim.attempt < claim.max_attempts + MAX_DEFERRALS) {
    return { kind: 'defer', error: failure.error, delayMs };
  }
  if (failure.permanent || attemptsLeft <= 0) return { kind: 'failed', error: failure.error };
  return {
    kind: 'retry',
    error: failure.error,
    delayMs: delayMs ?? backoff,
  };
}
