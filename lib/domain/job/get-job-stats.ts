import type { JobCounts, JobStatsDto } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';

const none = (): JobCounts => ({ total: 0, pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 });

/** Under which count a status appears: what waits, for whatever reason, is pending. */
const countedAs = (status: JobStatus): Exclude<keyof JobCounts, 'total'> =>
  status === 'delayed' || status === 'waiting-children' ? 'pending' : status;

/** Jobs by status and type; durations over the thousand that completed last. */
export async function getJobStats(context: Context): Promise<JobStatsDto> {
  const [counts, durations] = await Promise.all([
    pool().query<{ type: string; status: JobStatus; count: number }>(
      'select type, status, count(*)::int as count from job where organization_id = $1 group by type, status',
      [context.organizationId],
    ),
    pool().query<{ average: number | null }>(
      `select avg(extract(epoch from finished_at - started_at) * 1000)::float8 as average from (
         select started_at, finished_at from job where organization_id = $1 and status = 'completed'
         order by id desc limit 1000) recent`,
      [context.organizationId],
    ),
  ]);
  const all = none();
  const byType: Record<string, JobCounts> = {};
  for (const { type, status, count } of counts.rows) {
    byType[type] ??= none();
    for (const sum of [all, byType[type]]) {
      sum[countedAs(status)] += count;
      sum.total += count;
    }
  }
  const ended = all.completed + all.failed;
  const average = durations.rows[0]?.average;
  return {
    ...all,
    successRate: ended === 0 ? null : Math.round((all.completed / ended) * 1000) / 10,
    averageDurationMs: average === null || average === undefined ? null : Math.round(average),
    byType,
  };
}
