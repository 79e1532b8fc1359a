import type { JobCounts, JobStatsDto } from '@/lib/contracts/job';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';

const COUNTS = ['total', 'pending', 'active', 'completed', 'failed', 'cancelled'] as const;

const none = (): JobCounts => ({ total: 0, pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 });

/**
 * Counts jobs by status and type in one snapshot: from the counters of unfinished batches, and from `job_tally` for
 * finished batches and single jobs, so that no query scans millions of rows. Every waiting job counts as pending.
 * Durations are those of the last 1000 completed jobs, in milliseconds.
 */
export async function getJobStats(context: Context): Promise<JobStatsDto> {
  requirePermission(context, 'job.see');
  const [counts, durations] = await Promise.all([
    pool().query<{ type: string } & JobCounts>(
      sql`select type, sum(total)::float8 as total, sum(completed)::float8 as completed, sum(failed)::float8 as failed,
         sum(cancelled)::float8 as cancelled, sum(active)::float8 as active,
         sum(total - completed - failed - cancelled - active)::float8 as pending
       from (
         select type, total, completed, failed, cancelled, 0 as active from batch
         where organization_id = ${context.organizationId} and status in ('pending', 'in-progress')
         union all
         select type, total, completed, failed, cancelled, 0 from job_tally where organization_id = ${context.organizationId}
         union all
         select type, 0, 0, 0, 0, count(*) from in_flight where organization_id = ${context.organizationId} and status = 'active' group by type
       ) parts group by type having sum(total) > 0`,
    ),
    pool().query<{ average: number | null }>(
      sql`select avg(extract(epoch from finished_at - started_at) * 1000)::float8 as average from (
         select started_at, finished_at from job where organization_id = ${context.organizationId} and outcome = 'completed'
         order by id desc limit 1000) recent`,
    ),
  ]);
  const all = none();
  const byType: Record<string, JobCounts> = {};
  for (const { type, ...own } of counts.rows) {
    byType[type] = own;
    for (const key of COUNTS) all[key] += own[key];
  }
  const ended = all.completed + all.failed;
  const average = durations.rows[0]?.average;
  return {
    ...all,
    successRate: ended === 0 ? null : Math.floor((all.completed * 1000) / ended) / 10,
    averageDurationMs: average === null || average === undefined ? null : Math.round(average),
    byType,
  };
}
