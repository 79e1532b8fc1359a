import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { deleteEndedJobs } from '@/lib/domain/retention/expire';

/** Rows that one transaction deletes: few enough not to slow down running jobs. */
const CHUNK = 2000;
/** Jobs that one call deletes at most. It returns whether there are more. */
const MOST = 100_000;

export interface CleanUp {
  /** jobs that finished longer ago than this */
  olderThanDays: number;
  /** only these; all that have ended by default */
  status?: readonly ('completed' | 'failed' | 'cancelled')[] | undefined;
  type?: string | undefined;
}

/**
 * Deletes single jobs that ended long ago, with their attempts and log lines. Children of batches and nodes of flows
 * are deleted only with those, because they are part of their counters. The next sweep deletes files without a use.
 * @throws DomainError `forbidden`
 */
export async function cleanUpJobs(context: Context, wanted: CleanUp): Promise<{ deleted: number; more: boolean }> {
  requirePermission(context, 'job.clean-up', 'clean up jobs');
  let deleted = 0;
  let last = CHUNK;
  while (last === CHUNK && deleted < MOST) {
    last = await retrying(() => deleteChunk(context, wanted));
    deleted += last;
  }
  return { deleted, more: last === CHUNK };
}

function deleteChunk(context: Context, { olderThanDays, status, type }: CleanUp): Promise<number> {
  return transaction(async ({ db }) => {
    const count = await deleteEndedJobs(
      db,
      sql`select id from job where organization_id = ${context.organizationId} and batch_id is null and flow_id is null and outcome is not null
         and finished_at < now() - make_interval(secs => ${olderThanDays}::float8 * 86400) and outcome = any(${status ?? ['completed', 'failed', 'cancelled']}::text[])
         and (${type ?? null}::text is null or type = ${type ?? null})
       limit ${CHUNK} for update skip locked`,
    );
    if (count > 0) {
      const after = { olderThanDays, status, type, deleted: count };
      await audit(db, context, 'job.clean-up', { kind: 'job', id: 'all' }, { after });
    }
    return count;
  });
}
