import { perProcess } from '@/lib/config/per-process';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { IS_DEAD } from '@/lib/domain/query/failure-condition';

/** Milliseconds for which a count serves all viewers. */
const CACHE_MS = 2_000;
const CACHE_MAX = 1_000;

const cache = perProcess('dead-letter-counts', () => new Map<string, { count: Promise<number>; until: number }>());

/** Counts what failed for good in an organization and nobody retried or discarded. It reads an index of such rows only. */
export async function countDeadLetters(organizationId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    sql`select count(*)::float8 as count from job j where j.organization_id = ${organizationId} and ${IS_DEAD}`,
  );
  return rows[0]?.count ?? 0;
}

/** The same for those who may see jobs, counted at most every two seconds in a process. */
export async function seeDeadLetterCount(context: Context): Promise<{ count: number }> {
  requirePermission(context, 'job.see');
  const { organizationId } = context;
  const known = cache.get();
  const entry = known.get(organizationId);
  if (entry && entry.until > Date.now()) return { count: await entry.count };
  if (known.size >= CACHE_MAX) known.clear();
  const count = countDeadLetters(organizationId);
  known.set(organizationId, { count, until: Date.now() + CACHE_MS });
  // A failure serves nobody else.
  count.catch(() => known.delete(organizationId));
  return { count: await count };
}
