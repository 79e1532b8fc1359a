import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';

/** Days for which a bulk action that has ended is kept, with what became of each of its jobs. */
const KEPT_DAYS = 90;
/** Rows that one statement deletes. */
const CHUNK = 5_000;
/** Rows of one round. */
const MOST = 500_000;

/** Deletes estimates that nobody started in time, and bulk actions that ended long ago. */
export async function expireBulkActions(): Promise<void> {
  const old = sql`(status in ('selecting', 'estimated') and expires_at < now())
    or finished_at < now() - make_interval(days => ${KEPT_DAYS})`;
  for (let deleted = 0; deleted < MOST; deleted += CHUNK) {
    const { rowCount } = await deleteBulkActions(old, CHUNK);
    if (rowCount < CHUNK) return;
  }
}

/**
 * Deletes rows of bulk actions, and those that have none left.
 * @param which an SQL condition on `bulk_action`
 * @param most rows at most
 * @returns how many rows of jobs were deleted; `most` means that there may be more
 */
export async function deleteBulkActions(which: Sql, most: number): Promise<{ rowCount: number }> {
  const { rowCount } = await pool().query(
    sql`delete from bulk_action_job k using (
       select o.bulk_action_id, o.group_id, o.job_id from bulk_action a join bulk_action_job o on o.bulk_action_id = a.id
       where a.id in (select id from bulk_action where ${which}) limit ${most}) old
     where k.bulk_action_id = old.bulk_action_id and k.group_id = old.group_id and k.job_id = old.job_id`,
  );
  await pool().query(
    sql`delete from bulk_action a where a.id in (select id from bulk_action where ${which})
       and not exists (select from bulk_action_job k where k.bulk_action_id = a.id)`,
  );
  return { rowCount: rowCount ?? 0 };
}
