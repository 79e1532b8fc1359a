import { hostOf, OutboundError, type OutboundResponse, retryAfterMs } from '@/lib/outbound';
import { PermanentError, RetryLaterError } from '@/workers/runtime/processor';

/** Statuses after which the same call may succeed. */
const TRANSIENT = new Set([408, 425, 429]);

/** Failed now, worth another attempt after the backoff. */
export class TransientError extends Error {
  override name = 'TransientError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/**
 * Whether a status is a success.
 * @param excerpt the answer's own words, free of secrets
 * @throws RetryLaterError with Retry-After; TransientError for 408, 425, 429 and 5xx; else PermanentError. The code is
 *   `http-404`, say
 */
export function judge({ status, headers, url }: OutboundResponse, accepted: readonly number[], excerpt: string): void {
  if ((status >= 200 && status < 300) || accepted.includes(status)) return;
  const message = `${hostOf(url)} answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`;
  const code = `http-${status}`;
  if (!TRANSIENT.has(status) && status < 500) throw new PermanentError(message, code);
  const wait = retryAfterMs(headers);
  if (wait !== undefined) throw new RetryLaterError(message, wait, code);
  throw new TransientError(message, code);
}

/** What the job ends with when there was no answer. */
export function judgeFailure(error: unknown): unknown {
  if (!(error instanceof OutboundError)) return error;
  return error.transient
    ? new TransientError(error.message, error.code)
    : new PermanentError(error.message, error.code);
}
