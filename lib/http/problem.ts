import { logger } from '@/lib/config/logger';
import { ERROR_STATUS, type ErrorCode, type InputIssue, type Problem } from '@/lib/contracts/errors';
import type { HealthPart } from '@/lib/contracts/health';
import { stringifyJson } from '@/lib/contracts/json';
import { DomainError } from '@/lib/domain/errors';
import { isDiskFull, isUnavailable } from './unavailable';

/** `capacity-reached` → `Capacity reached`. */
export const titleOf = (code: ErrorCode): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

/** Returns the body of an error response. */
export function problemBody(code: ErrorCode, detail: string, errors?: InputIssue[]): Problem {
  const type = `urn:batchyard:problem:${code}`;
  return { type, title: titleOf(code), status: ERROR_STATUS[code], code, detail, ...(errors ? { errors } : {}) };
}

/** Returns an error response as `application/problem+json`. */
export function problem(
  code: ErrorCode,
  detail: string,
  {
    errors,
    extra,
    headers,
  }: {
    errors?: InputIssue[] | undefined;
    extra?: Record<string, unknown> | undefined;
    headers?: HeadersInit;
  } = {},
): Response {
  const body: Problem = { ...extra, ...problemBody(code, detail, errors) };
  const answer = new Headers(headers);
  answer.set('content-type', 'application/problem+json');
  return new Response(stringifyJson(body), { status: body.status, headers: answer });
}

const AWAY = 'The database or the queue is out of reach just now. Try again in a moment.';
const FULL =
  'No room is left on the disk where Batchyard keeps this. Nothing was stored; try again when there is room.';
const ONCE = 'It may have been taken: with the same Idempotency-Key it is made only once.';

/** Someone tried what they may not, or a page of another site did it for them. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(['forbidden', 'bad-origin']);

/** Converts any error to a response. An unexpected error is logged in full, and the response hides its details. */
export function errorResponse(error: unknown, requestId: string, where: string): Response {
  if (error instanceof DomainError) {
    if (REFUSED.has(error.code)) logger.warn({ code: error.code, requestId, where }, 'A request was refused.');
    if (error.status >= 500) logger.error({ err: error, requestId, where }, 'A request failed.');
    const headers = new Headers();
    if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(Math.ceil(error.retryAfterSeconds)));
    if (error.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer realm="batchyard"');
    return problem(error.code, error.message, { errors: error.errors, extra: error.extra, headers });
  }
  if (isDiskFull(error)) {
    logger.error({ err: error, requestId, where }, 'A request failed because a disk is full.');
    return problem('unavailable', FULL, { extra: { requestId }, headers: { 'retry-after': '30' } });
  }
  if (isUnavailable(error)) {
    logger.warn({ err: error, requestId, where }, 'A request failed because the database or the queue is unreachable.');
    return problem('unavailable', where.startsWith('POST ') ? `${AWAY} ${ONCE}` : AWAY, {
      extra: { requestId },
      headers: { 'retry-after': '2' },
    });
  }
  logger.error({ err: error, requestId, where }, 'A request failed.');
  return problem('internal-error', `Something went wrong here. The log has it under the request id ${requestId}.`, {
    extra: { requestId },
  });
}

/** Returns the error of a failed start: a DomainError or an outage unchanged, any other error as `start-failed`. */
export function startFailure(cause: unknown): unknown {
  if (cause instanceof DomainError || isUnavailable(cause) || isDiskFull(cause)) return cause;
  return new DomainError('start-failed', 'The batch could not be started. Nothing was changed; try again.', { cause });
}

/** @param parts the state of each part, only for clients with permission */
export const notReady = (parts?: HealthPart[]): Response =>
  problem(
    'unavailable',
    'Not ready: the database is out of reach or not prepared, or work does not come through the queue yet.',
    {
      headers: { 'retry-after': '1' },
      ...(parts ? { extra: { parts } } : {}),
    },
  );
