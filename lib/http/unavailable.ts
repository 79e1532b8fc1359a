import { isDatabaseAway } from '@/lib/config/database-away';

/** What sockets say, to Postgres or to Redis, and what the Redis client says of a connection that it has lost. */
const CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT']);
const MESSAGES = /^Connection is closed/i;
const MAX_DEPTH = 5;
/** No room on our disk, or on that of Postgres: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FULL = new Set(['ENOSPC', 'EDQUOT', '53100']);

/** Whether an error means that a disk has no room left. */
export function isDiskFull(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && FULL.has(code)) || isDiskFull(error.cause, depth + 1);
}

/** Whether an error means that the database or the queue can't be reached just now, rather than a fault of ours. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return false;
  const { code } = error as { code?: unknown };
  if (isDatabaseAway(error) || MESSAGES.test(error.message)) return true;
  if (typeof code === 'string' && CODES.has(code)) return true;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.some((e) => isUnavailable(e, depth + 1));
}
