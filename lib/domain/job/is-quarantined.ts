import { pool } from '@/lib/db/pool';

/** For work that only waits for others: whether this attempt runs in the quarantine, where one job runs at a time. */
export async function isQuarantined(jobId: string, attempt: number): Promise<boolean> {
  const { rowCount } = await pool().query(
    `select 1 from job where id = $1 and attempt = $2 and status = 'active' and quarantined`,
    [jobId, attempt],
  );
  return rowCount === 1;
}
