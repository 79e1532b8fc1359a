import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';

/** The remote work has ended, however: a retry of its job starts another. */
export async function endRun(context: Context, jobId: string): Promise<void> {
  await pool().query(
    sql`update remote_run set ended_at = coalesce(ended_at, now()) where job_id = ${jobId} and organization_id = ${context.organizationId}`,
  );
}
