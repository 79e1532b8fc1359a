import { pool } from '@/lib/db';

/**
 * For work that only waits for others: whether this attempt runs in the quarantine, where one job runs at a time and
 * the others wait for its end. It then counts as innocent of what killed its worker.
 */
export async function leaveQuarantine(jobId: string, attempt: number): Promise<boolean> {
  const { rowCount } = await pool().query(
    `update job set crashes = 0 where id = $1 and attempt = $2 and status = 'active' and quarantined`,
    [jobId, attempt],
  );
  return rowCount === 1;
}
