import { retryAfterMs } from '@/lib/contracts/retry-after';
import type { OutboundResponse } from '@/lib/outbound/client';
import { OutboundError } from '@/lib/outbound/errors';
import { hostOf } from '@/lib/outbound/policy';
import { PermanentError, RetryLaterError } from '@/workers/runtime/processor';
import { type Answer, needsJson } from './read-answer';

/** Statuses after which the same call may succeed. */
const TRANSIENT = new Set([408, 425, 429]);

/** A transient failure: the next attempt, after the backoff, may succeed. */
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
 * Returns normally when the status is a success.
 * @param excerpt the first characters of the response, without secrets
 * @throws RetryLaterError with Retry-After; TransientError for 408, 425, 429 and 5xx; else PermanentError, with codes
 *   such as `http-404`
 */
export function classifyStatus(
  { status, headers, url }: OutboundResponse,
  accepted: readonly number[],
  excerpt: string,
): void {
  if ((status >= 200 && status < 300) || accepted.includes(status)) return;
  const message = `${hostOf(url)} answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`;
  const code = `http-${status}`;
  if (!TRANSIENT.has(status) && status < 500) throw new PermanentError(message, code);
  const wait = retryAfterMs(headers);
  if (wait !== undefined) throw new RetryLaterError(message, wait, code);
  throw new TransientError(message, code);
}

/** Returns the error of a request that got no response. */
export function classifyFailure(error: unknown): unknown {
  if (!(error instanceof OutboundError)) return error;
  return error.transient
    ? new TransientError(error.message, error.code)
    : new PermanentError(error.message, error.code);
}

interface Wanted {
  extract?: Readonly<Record<string, string>> | undefined;
  acceptInvalidJson?: boolean | undefined;
}

/**
 * Checks that a successful body has its declared format and the format that the row needs. A body may be truncated in
 * transit, so a retry may receive the complete one.
 * @param excerpt the first characters of the response, without secrets
 * @throws TransientError `invalid-json-answer`, `answer-not-json`
 */
export function checkBody(
  answer: Answer,
  wanted: Wanted,
  excerpt: string,
  warn: (code: string, message: string) => void,
): void {
  const { response, claims, json, bodiless, contentType } = answer;
  if (bodiless || json !== undefined) return;
  const who = `${hostOf(response.url)} answered ${response.status}`;
  const what = excerpt === '' ? 'its body is empty' : `its body is none, or is cut: ${excerpt}`;
  if (claims) {
    const message = `${who} and says that it is JSON (${contentType?.slice(0, 100)}), but ${what}`;
    if (!wanted.acceptInvalidJson) throw new TransientError(message, 'invalid-json-answer');
    warn('invalid-json-answer', message);
  } else if (needsJson(wanted.extract)) {
    const message = `${who}, and columns are to be taken out of JSON, but ${what}`;
    // An accepted 404 is often an HTML page. It is expected that no column can be extracted from it.
    const good = response.status >= 200 && response.status < 300;
    if (good && !wanted.acceptInvalidJson) throw new TransientError(message, 'answer-not-json');
    warn('answer-not-json', message);
  }
}

/** Adds a warning if the row needs the text, and its encoding was guessed or parts of it could not be decoded. */
export function checkText(
  { encoding, remarks }: Answer,
  wanted: Wanted,
  warn: (code: string, message: string) => void,
): void {
  const sources = wanted.extract && Object.values(wanted.extract);
  if (sources && !sources.some((source) => source === 'body' || source.startsWith('$'))) return;
  for (const { code } of remarks) {
    const what =
      code === 'encoding-assumed'
        ? `The answer does not say truly how it is encoded; it was read as ${encoding}.`
        : `Some of the answer could not be read as ${encoding}: “\ufffd” stands there.`;
    warn(code, what);
  }
}
