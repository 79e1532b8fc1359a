import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** For work that only waits for others: whether this attempt runs in the quarantine, where one job runs at a time. */
export async function isQuarantined(jobId: string, attempt: number): Promise<boolean> {
  const { rowCount } = await pool().query(
    sql`select 1 from job where id = ${jobId} and attempt = ${attempt} and status = 'active' and quarantined`,
  );
  return rowCount === 1;
}
