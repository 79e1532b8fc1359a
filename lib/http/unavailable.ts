import { isDatabaseAway } from '@/lib/config/database-away';

/** Error codes of sockets to Postgres or Redis, and the message of the Redis client after a lost connection. */
const CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT']);
const MESSAGES = /^Connection is closed/i;
const MAX_DEPTH = 5;
/** The disk is full, here or on the Postgres server: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FULL = new Set(['ENOSPC', 'EDQUOT', '53100']);

/** Returns whether an error means that a disk is full. */
export function isDiskFull(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && FULL.has(code)) || isDiskFull(error.cause, depth + 1);
}

/** Returns whether an error means that the database or the queue is temporarily out of reach. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return false;
  const { code } = error as { code?: unknown };
  if (isDatabaseAway(error) || MESSAGES.test(error.message)) return true;
  if (typeof code === 'string' && CODES.has(code)) return true;
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.some((e) => isUnavailable(e, depth + 1));
}
