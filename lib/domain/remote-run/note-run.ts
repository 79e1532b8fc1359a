import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';

/** Writes down what was just uploaded or started, before anything else is done with it. */
export async function noteRun(
  context: Context,
  jobId: string,
  known: { files?: Record<string, string>; remoteId?: string },
): Promise<void> {
  await pool().query(
    sql`update remote_run set files = coalesce(${known.files ? JSON.stringify(known.files) : null}::json, files), remote_id = coalesce(${known.remoteId ?? null}, remote_id)
     where job_id = ${jobId} and organization_id = ${context.organizationId}`,
  );
}
