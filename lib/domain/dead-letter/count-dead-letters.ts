import { perProcess } from '@/lib/config/per-process';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { IS_DEAD } from '@/lib/domain/query/failure-condition';

/** Milliseconds for which a count serves all viewers. One that took long serves longer: it uses a tenth of the time. */
export const servesMs = (tookMs: number): number => Math.max(2_000, 10 * tookMs);
const CACHE_MAX = 1_000;

const cache = perProcess('dead-letter-counts', () => new Map<string, { count: Promise<number>; until: number }>());

/** Counts what failed for good in an organization and nobody retried or discarded. It reads an index of such rows only. */
export async function countDeadLetters(organizationId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    sql`select count(*)::float8 as count from job j where j.organization_id = ${organizationId} and ${IS_DEAD}`,
  );
  return rows[0]?.count ?? 0;
}

/** The same for those who may see jobs. A process counts at most every two seconds, and more rarely what takes long. */
export async function seeDeadLetterCount(context: Context): Promise<{ count: number }> {
  requirePermission(context, 'job.see');
  const { organizationId } = context;
  const known = cache.get();
  const found = known.get(organizationId);
  if (found && found.until > Date.now()) return { count: await found.count };
  if (known.size >= CACHE_MAX) known.clear();
  const began = performance.now();
  // Who asks while it is counted waits for the same count.
  const entry = { count: countDeadLetters(organizationId), until: Number.POSITIVE_INFINITY };
  known.set(organizationId, entry);
  try {
    const count = await entry.count;
    entry.until = Date.now() + servesMs(performance.now() - began);
    return { count };
  } catch (error) {
    // A failure serves nobody else.
    known.delete(organizationId);
    throw error;
  }
}
