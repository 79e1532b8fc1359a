import { logger } from '@/lib/config/logger';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { sweepFiles } from '@/lib/domain/file/sweep-files';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { expireOlderThan } from '@/lib/domain/retention/expire';

/** Rows per delete statement: few enough not to slow down running jobs. */
const CHUNK = 2000;
/** open batches, flows and jobs that one round cancels */
const MOST_CANCELS = 500;
/** Other web processes know a revoked key for some seconds, so something may still have been launched. */
const SETTLE_SECONDS = 10;

/**
 * Continues the deletion of organizations: cancels what is open, deletes jobs in small transactions, then everything
 * else, and the organization last. Its audit entries stay as long as all others.
 * @param limit the maximum number of jobs in this round
 * @returns the ids of organizations that are gone now
 */
export async function purgeOrganizations(limit: number): Promise<string[]> {
  const { rows } = await pool().query<{ id: string; name: string }>(
    sql`select id, name from organization where deleting_at < now() - make_interval(secs => ${SETTLE_SECONDS}) order by deleting_at limit 1`,
  );
  const gone: string[] = [];
  for (const { id, name } of rows) {
    if ((await cancelOpen(id)) > 0) continue;
    await expireOlderThan({ days: 0, only: [id], except: [] }, limit);
    if (await deleteRows(id)) gone.push(...(await deleteOrganizationRow(id, name)));
  }
  return gone;
}

/** @returns how many batches, flows and jobs were open; their ends may take a while */
async function cancelOpen(id: string): Promise<number> {
  const context = systemContext(id);
  const { rows } = await pool().query<{ kind: 'batch' | 'flow' | 'job'; id: string }>(
    sql`(select 'batch' as kind, id::text from batch where organization_id = ${id} and finished_at is null limit ${MOST_CANCELS})
        union all
        (select 'flow', id::text from flow where organization_id = ${id} and finished_at is null limit ${MOST_CANCELS})
        union all
        (select 'job', id::text from job where organization_id = ${id} and outcome is null and batch_id is null and flow_id is null
          limit ${MOST_CANCELS})`,
  );
  const cancel = { batch: cancelBatch, flow: cancelFlow, job: cancelJob };
  for (const open of rows) {
    try {
      await cancel[open.kind](context, open.id, { force: true });
    } catch (error) {
      // It ended meanwhile.
      if (!(error instanceof DomainError && error.code === 'already-finished')) throw error;
    }
  }
  return rows.length;
}

/**
 * Deletes what belongs to an organization and to no job or batch. Small tables are emptied at once.
 * @returns whether nothing is left but the organization itself
 */
async function deleteRows(id: string): Promise<boolean> {
  const db = pool();
  const deletions = [
    await db.query(sql`delete from import where organization_id = ${id}`),
    await db.query(sql`delete from import_mapping where organization_id = ${id}`),
    await db.query(
      sql`delete from document_chunk where id in (select id from document_chunk where organization_id = ${id} limit ${CHUNK})`,
    ),
    await db.query(
      sql`delete from document_duplicate where job_id in (select job_id from document_duplicate where organization_id = ${id} limit ${CHUNK})`,
    ),
    await db.query(
      sql`delete from document where job_id in (select job_id from document where organization_id = ${id} limit ${CHUNK})`,
    ),
    await db.query(
      sql`delete from remote_run where job_id in (select job_id from remote_run where organization_id = ${id} limit ${CHUNK})`,
    ),
    await db.query(
      sql`delete from outbound_call where job_id in (select job_id from outbound_call where organization_id = ${id} limit ${CHUNK})`,
    ),
    await db.query(sql`delete from outbound_pace where organization_id = ${id}`),
    await db.query(sql`delete from open_stream where organization_id = ${id}`),
  ];
  const isFull = deletions.some(({ rowCount }) => rowCount === CHUNK);
  await db.query(
    sql`update file set hidden_at = '-infinity' where organization_id = ${id} and hidden_at is distinct from '-infinity'`,
  );
  await sweepFiles();
  const { rows } = await pool().query<{ left: boolean }>(
    sql`select exists (select from job where organization_id = ${id}) or exists (select from batch where organization_id = ${id})
          or exists (select from flow where organization_id = ${id}) or exists (select from file where organization_id = ${id}) as left`,
  );
  return !isFull && rows[0]?.left === false;
}

async function deleteOrganizationRow(id: string, name: string): Promise<string[]> {
  const isGone = await transaction(async ({ db }) => {
    // The ends and the deletions of jobs are counted too.
    await db.query(sql`delete from job_tally where organization_id = ${id}`);
    await db.query(sql`delete from event_counter where organization_id = ${id}`);
    const { rowCount } = await db.query(sql`delete from organization where id = ${id}`);
    if (!rowCount) return false;
    await audit(db, systemContext(id), 'organization.purge', { kind: 'organization', id, name });
    return true;
  });
  if (isGone) logger.info({ organizationId: id }, 'An organization was deleted with everything that it had.');
  return isGone ? [id] : [];
}
