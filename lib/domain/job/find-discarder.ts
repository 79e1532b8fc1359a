import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

interface Discarded {
  id: string;
  organization_id: string;
  batch_id: string | null;
  flow_id: string | null;
  discarded_at: Date | null;
}

/** Discards of an organization that are looked through, the newest first. */
const MOST = 1_000;

/** Returns who discarded a job; null if it is not discarded, or the record of the bulk action is gone. */
export async function findDiscarder(job: Discarded): Promise<string | null> {
  if (!job.discarded_at) return null;
  // The rows of a bulk action are found by their group and their job, so each discard costs one look into an index.
  const { rows } = await pool().query<{ created_by: string }>(
    sql`select a.created_by from (
         select a.id, a.created_by from bulk_action a
         where a.organization_id = ${job.organization_id} and a.action = 'discard' order by a.id desc limit ${MOST}) as a
       join bulk_action_job s on s.bulk_action_id = a.id and s.job_id = ${job.id}::uuid and s.state = 'done'
         and s.group_id = coalesce(${job.batch_id}::uuid, ${job.flow_id}::uuid, '00000000-0000-0000-0000-000000000000')
       order by a.id desc limit 1`,
  );
  return rows[0]?.created_by ?? null;
}
