import { databaseUrl } from './env';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions, too many, shutting down. */
const REFUSALS = /^(08\d{3}|53300|57P0[123])$/;
/** Prisma's codes for the same. https://www.prisma.io/docs/orm/reference/error-reference */
const PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024']);
const DRIVER =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|the database system is )/i;

/**
 * Whether an error means that our own Postgres can't be reached now. Errors of other servers don't count: a socket
 * error counts only when it names the port of our database.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, port, syscall } = error as NodeJS.ErrnoException & { port?: number };
  if (typeof code === 'string' && (REFUSALS.test(code) || PRISMA.has(code))) return true;
  if (syscall === 'connect') return port === Number(new URL(databaseUrl()).port || 5432);
  return DRIVER.test(error.message);
}
