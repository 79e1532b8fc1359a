import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { systemContext } from '@/lib/domain/context';
import { deliverWork } from '@/lib/domain/import/start-work';
import { failImport } from './import-work';

interface Waiting {
  id: string;
  organization_id: string;
  name: string;
  revision: number;
  status: 'reading' | 'checking' | 'launching';
  job_status: string | null;
  job_error: { message?: string } | null;
}

/**
 * Recovers imports whose work has no job. A job that was lost between commit and enqueue is created again. If the job
 * failed finally, the import fails with its reason.
 * @returns the number of recovered imports
 */
export async function recoverImports(): Promise<number> {
  const { rows } = await pool().query<Waiting>(
    sql`select i.id, i.organization_id, i.name, i.revision, i.status, j.status as job_status, j.error as job_error
     from import i left join job j on j.id = i.job_id
     where i.status in ('reading', 'checking', 'launching') and i.updated_at < now() - interval '10 seconds'
       and (i.job_id is null or j.id is null or j.outcome is not null)
     limit 50`,
  );
  for (const row of rows) {
    if (row.job_status === null) await deliverWork(systemContext(row.organization_id), row, row.status);
    else await failImport(row, { code: 'work-failed', message: why(row) });
  }
  return rows.length;
}

const why = ({ job_status: status, job_error: error }: Waiting): string =>
  status === 'cancelled'
    ? 'The work for it was cancelled. Upload it again.'
    : `The work for it failed: ${(error?.message ?? 'no reason was given').replace(/\.$/, '')}. Upload it again.`;
