import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';

/** Writes down what was just uploaded or started, before anything else is done with it. */
export async function noteRun(
  context: Context,
  jobId: string,
  known: { files?: Record<string, string>; remoteId?: string },
): Promise<void> {
  await pool().query(
    `update remote_run set files = coalesce($3::json, files), remote_id = coalesce($4, remote_id)
     where job_id = $1 and organization_id = $2`,
    [jobId, context.organizationId, known.files ? JSON.stringify(known.files) : null, known.remoteId ?? null],
  );
}
