import { env } from '@/lib/config/env';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Entries of one delete transaction. */
const CHUNK = 5000;

/**
 * Deletes audit entries that are older than AUDIT_RETENTION_DAYS, in small transactions. The product's role can't delete
 * entries: a function of the database does it, and keeps those of the last 30 days.
 * @param limit the maximum number of entries in this round
 * @returns how many entries were deleted
 */
export async function expireEntries(limit: number): Promise<number> {
  const days = env().AUDIT_RETENTION_DAYS;
  let deleted = 0;
  while (days > 0 && deleted < limit) {
    const { rows } = await pool().query<{ count: number | null }>(
      sql`select audit_expire(${days}::int, ${CHUNK}::int) as count`,
    );
    const count = rows[0]?.count ?? 0;
    deleted += count;
    if (count < CHUNK) break;
  }
  return deleted;
}
