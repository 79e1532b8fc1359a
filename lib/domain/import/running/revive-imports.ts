import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { systemContext } from '@/lib/domain/context';
import { deliverWork } from '@/lib/domain/import/work';
import { giveUp } from './run-import';

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
 * Puts right imports that nobody works for: one whose job was lost between its commit and the queue gets it again, one
 * whose job has failed for good says why.
 * @returns how many were put right
 */
export async function reviveImports(): Promise<number> {
  const { rows } = await pool().query<Waiting>(
    sql`select i.id, i.organization_id, i.name, i.revision, i.status, j.status as job_status, j.error as job_error
     from import i left join job j on j.id = i.job_id
     where i.status in ('reading', 'checking', 'launching') and i.updated_at < now() - interval '10 seconds'
       and (i.job_id is null or j.id is null or j.outcome is not null)
     limit 50`,
  );
  for (const row of rows) {
    if (row.job_status === null) await deliverWork(systemContext(row.organization_id), row, row.status);
    else await giveUp(row, { code: 'work-failed', message: why(row) });
  }
  return rows.length;
}

const why = ({ job_status: status, job_error: error }: Waiting): string =>
  status === 'cancelled'
    ? 'The work for it was cancelled. Bring it again.'
    : `The work for it failed: ${(error?.message ?? 'no reason was given').replace(/\.$/, '')}. Bring it again.`;
