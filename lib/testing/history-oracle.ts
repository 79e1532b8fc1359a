import { pool } from '@/lib/db/pool';

/**
 * Compares the history with the rows: every end of a run is counted once. It holds at every commit, as long as no job was
 * deleted and none was inserted by a test in an ended state. Returns what is wrong.
 */
export async function findMiscounted(): Promise<string[]> {
  const { rows } = await pool().query<{ why: string }>(`
    select format('the history of type %s is off by %s completed, %s failed, %s cancelled', type, sum(completed), sum(failed),
      sum(cancelled)) as why
    from (
      select organization_id, type, completed, failed - reopened_failed as failed, cancelled - reopened_cancelled as cancelled
      from history where step = 'day' and type <> ''
      union all
      select organization_id, type, completed, failed - reopened_failed, cancelled - reopened_cancelled from history_delta
      union all
      select organization_id, type, -count(*) filter (where outcome = 'completed'), -count(*) filter (where outcome = 'failed'),
        -count(*) filter (where outcome = 'cancelled')
      from job where outcome is not null group by 1, 2) parts
    group by organization_id, type having (sum(completed), sum(failed), sum(cancelled)) <> (0, 0, 0)`);
  return rows.map(({ why }) => why);
}
