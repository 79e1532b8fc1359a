import type { CountJobsQuery, JobCountDto } from '@/lib/contracts/query-values';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { SHOWN_STATUS } from '@/lib/domain/job/job-row';
import { jobSource } from './job-source';
import { openScope, requireQuery } from './scope';
import { type SliceRow, searchBack, withinLimit } from './search-back';
import { matchesOf, searchPhases } from './search-jobs';

/** Milliseconds after which a count ends with what was found. */
const COUNT_MS = 2_000;

interface CountedSlice extends SliceRow {
  counts: Record<string, number> | null;
}

/**
 * Counts the jobs that match a query by status, from the newest back. `searched` says whether that was all of them.
 * @throws DomainError `invalid-query`, and `forbidden` for a query over contents that the caller may not see
 */
export async function countJobs(context: Context, { query: text }: CountJobsQuery): Promise<JobCountDto> {
  requirePermission(context, 'job.see');
  const query = requireQuery(text, 'jobs');
  const scope = await openScope(context, query, 'jobs');
  const until = performance.now() + COUNT_MS;
  const byStatus: Record<string, number> = {};
  let [rows, all] = [0, true];
  for (const { source, without } of await searchPhases(query, scope)) {
    const matches = matchesOf(query, scope, without);
    const { searched } = await searchBack({
      cursor: undefined,
      most: Number.POSITIVE_INFINITY,
      exact: true,
      limitMs: Math.max(0, until - performance.now()),
      read: (at, size) =>
        withinLimit(scope.organizationId, async (db) => {
          const { rows: found } = await db.query<CountedSlice>(
            sql`with slice as materialized (
              select j.id, j.status, j.batch_id, (${matches}) is true as found from (${jobSource(source, scope, at, size)}) as j)
            select (select count(*)::int from slice) as read, (select min(s.id::text) from slice s) as last, null::text[] as found,
              (select json_object_agg(c.shown, c.count) from (
                select ${SHOWN_STATUS} as shown, count(*)::int as count from slice j left join batch b on b.id = j.batch_id
                where j.found group by 1) as c) as counts`,
          );
          const slice = found[0];
          for (const [status, count] of Object.entries(slice?.counts ?? {})) {
            byStatus[status] = (byStatus[status] ?? 0) + count;
          }
          return slice;
        }),
    });
    rows += searched.rows;
    all &&= searched.all;
  }
  const count = Object.values(byStatus).reduce((sum, each) => sum + each, 0);
  return { count, byStatus, searched: { all, rows } };
}
