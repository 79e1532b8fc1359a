import { createHash } from 'node:crypto';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { DomainError } from '@/lib/domain/errors';

/** How many attempts are allowed in a window of time. */
export interface Limit {
  name: string;
  max: number;
  seconds: number;
}

/** A limit, and what it is counted for: an address, an account, a session. */
export type Counted = readonly [limit: Limit, subject: string];

/** Rows whose window has ended are deleted with one in so many counts. */
const CLEAN_EVERY = 100;
let counts = 0;

/** Subjects come from clients: the hash has a fixed length, and keeps addresses out of the table. */
const keyOf = ([limit, subject]: Counted): string =>
  createHash('sha256').update(`${limit.name}\n${subject}`).digest('base64url');

/**
 * Counts one attempt under each of these limits, before the attempt is checked, so that concurrent ones are all counted.
 * The counts are in Postgres, so they hold over all web processes.
 * @returns seconds to wait; 0 if no limit is exceeded
 */
export async function countAttempt(...counted: readonly Counted[]): Promise<number> {
  if (counted.length === 0) return 0;
  // Sorted, so that two statements never lock two rows in opposite orders.
  const keyed = counted.map((one) => ({ key: keyOf(one), limit: one[0] })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const { rows } = await pool().query<{ key: string; count: number; wait: number }>(
    sql`insert into rate_limit as known (key, count, resets_at)
        select key, 1, now() + seconds * interval '1 second'
        from unnest(${keyed.map((one) => one.key)}::text[], ${keyed.map((one) => one.limit.seconds)}::float8[]) as given (key, seconds)
        on conflict (key) do update set
          count = case when known.resets_at <= now() then 1 else known.count + 1 end,
          resets_at = case when known.resets_at <= now() then excluded.resets_at else known.resets_at end
        returning key, count, ceil(extract(epoch from resets_at - now()))::float8 as wait`,
  );
  counts += 1;
  if (counts % CLEAN_EVERY === 0) await pool().query(sql`delete from rate_limit where resets_at < now()`);
  const waits = rows.map(({ key, count, wait }) => {
    const limit = keyed.find((one) => one.key === key)?.limit;
    return limit && count > limit.max ? Math.max(1, wait) : 0;
  });
  return Math.max(0, ...waits);
}

/** Returns how many attempts were counted in the current window. */
export async function readCount(counted: Counted): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    sql`select count from rate_limit where key = ${keyOf(counted)} and resets_at > now()`,
  );
  return rows[0]?.count ?? 0;
}

/** Takes back an attempt that succeeded: only failures use up a limit that many people may share. */
export async function uncountAttempt(...counted: readonly Counted[]): Promise<void> {
  if (counted.length === 0) return;
  await pool().query(
    sql`update rate_limit set count = greatest(0, count - 1) where key = any(${counted.map(keyOf)}::text[])`,
  );
}

/**
 * Counts one attempt, as {@link countAttempt}.
 * @throws DomainError `too-many-requests` if a limit is exceeded
 */
export async function limitAttempts(message: string, ...counted: readonly Counted[]): Promise<void> {
  const wait = await countAttempt(...counted);
  if (wait > 0) throw new DomainError('too-many-requests', message, { retryAfterSeconds: wait });
}

/** Returns the subject of a limit by address: a whole /64 of IPv6, since one client can use all of it. */
export function addressSubject(address: string | null): string {
  if (address === null) return 'none';
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head.split(':').filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean);
  while (groups.length + rest.length < 8) groups.push('0');
  return [...groups, ...rest]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
