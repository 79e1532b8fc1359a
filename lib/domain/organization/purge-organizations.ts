import { logger } from '@/lib/config/logger';
import { whileRedisAnswers } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { insertEntries } from '@/lib/domain/audit';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { deleteBulkActions } from '@/lib/domain/bulk-action/expire-bulk-actions';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { sweepFiles } from '@/lib/domain/file/sweep-files';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { expireOlderThan } from '@/lib/domain/retention/expire';
import type { JobType } from '@/lib/job-types/catalogue';
import { deliveryId } from '@/lib/queue/enqueue';
import { queueOf } from '@/lib/queue/queues';

/** Rows per delete statement: few enough not to slow down running jobs. */
const CHUNK = 2000;
/** open batches, flows and jobs that one round cancels */
const MOST_CANCELS = 500;
/** organizations of one round, so that one whose files cannot be removed does not stop the others */
const MOST_ORGANIZATIONS = 5;
/** Other web processes know a revoked key for some seconds, so something may still have been launched. */
const SETTLE_SECONDS = 10;

/**
 * Continues the deletion of organizations: cancels what is open, deletes jobs in small transactions, then everything
 * else, and the organization last. Its audit entries stay as long as all others, and an entry of no organization records
 * how much was deleted, and who requested it.
 * @param limit the maximum number of jobs in this round
 * @returns the ids of organizations that are gone now
 */
export async function purgeOrganizations(limit: number): Promise<string[]> {
  const { rows } = await pool().query<{ id: string; name: string }>(
    sql`select id, name from organization where deleting_at < now() - make_interval(secs => ${SETTLE_SECONDS}) order by deleting_at limit ${MOST_ORGANIZATIONS}`,
  );
  const gone: string[] = [];
  for (const { id, name } of rows) {
    await stopSchedules(id);
    if ((await cancelOpen(id)) > 0) continue;
    await countRows(id);
    const jobs = await expireOlderThan({ days: 0, only: [id], except: [] }, limit);
    if (jobs > 0) logger.info({ organizationId: id, jobs }, 'Jobs of a deleted organization were deleted.');
    if (await deleteRows(id)) gone.push(...(await deleteOrganizationRow(id, name)));
  }
  return gone;
}

/** Nothing new may be launched while the rest is deleted. */
async function stopSchedules(id: string): Promise<void> {
  await pool().query(
    sql`update schedule set paused_at = now(), next_due = null, next_at = null where organization_id = ${id} and paused_at is null`,
  );
  // What is just being launched is cancelled in the next round.
  await pool().query(
    sql`delete from schedule_firing f using (
       select w.schedule_id, w.due_at from schedule_firing w join schedule s on s.id = w.schedule_id
       where s.organization_id = ${id} and w.status = 'queued' for update of w skip locked) q
     where f.schedule_id = q.schedule_id and f.due_at = q.due_at`,
  );
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
    if (open.kind !== 'batch') await removeDeliveries(open.id);
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
 * Removes the deliveries of a single job, or of the nodes of a flow. Consumers drop those of cancelled rows, but a delayed
 * delivery may stay for days until then. Batches enqueue no child before it is due.
 */
async function removeDeliveries(ownerId: string): Promise<void> {
  const { rows } = await pool().query<{ id: string; type: JobType; delivery: number }>(
    sql`select id, type, delivery from job where (id = ${ownerId} or flow_id = ${ownerId}) and outcome is null`,
  );
  for (const { id, type, delivery } of rows) {
    await whileRedisAnswers(() => queueOf(type).remove(deliveryId(id, delivery)));
  }
}

/** Counts once what there is to delete: after a crash the counts are still those of the beginning. */
async function countRows(id: string): Promise<void> {
  await pool().query(
    sql`update organization o set deletion_counts = json_build_object(
          'batches', (select count(*) from batch where organization_id = o.id),
          'jobs', (select count(*) from job where organization_id = o.id),
          'flows', (select count(*) from flow where organization_id = o.id),
          'files', (select count(*) from file where organization_id = o.id),
          'fileBytes', (select coalesce(sum(size), 0) from file where organization_id = o.id),
          'documents', (select count(*) from document where organization_id = o.id),
          'imports', (select count(*) from import where organization_id = o.id),
          'schedules', (select count(*) from schedule where organization_id = o.id),
          'channels', (select count(*) from notification_channel where organization_id = o.id),
          'members', (select count(*) from member where organization_id = o.id),
          'apiKeys', (select count(*) from api_key where organization_id = o.id),
          'secrets', (select count(*) from secret where organization_id = o.id))
        where id = ${id} and deletion_counts is null`,
  );
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
    await db.query(sql`delete from file_use where owner_id in (select id from schedule where organization_id = ${id})`),
    await db.query(sql`delete from schedule where organization_id = ${id}`),
    await db.query(sql`delete from notification_rule where organization_id = ${id}`),
    await db.query(sql`delete from notification_channel where organization_id = ${id}`),
    await db.query(sql`delete from notification_target where organization_id = ${id}`),
    await db.query(sql`delete from notification_event where organization_id = ${id}`),
    await db.query(sql`delete from signing_secret where organization_id = ${id}`),
    await db.query(
      sql`delete from notification_delivery where id in (select id from notification_delivery where organization_id = ${id} limit ${CHUNK})`,
    ),
    await deleteBulkActions(sql`organization_id = ${id}`, CHUNK),
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
    await db.query(
      sql`delete from stored_value where (organization_id, type, key) in (select organization_id, type, key from stored_value where organization_id = ${id} limit ${CHUNK})`,
    ),
    await db.query(sql`delete from outbound_pace where organization_id = ${id}`),
    await db.query(sql`delete from work_pause where scope = ${id}`),
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
    await db.query(sql`delete from history_delta where organization_id = ${id}`);
    await db.query(sql`delete from event_counter where organization_id = ${id}`);
    const { rows } = await db.query<{ counts: Record<string, number> | null }>(
      sql`delete from organization where id = ${id} returning deletion_counts as counts`,
    );
    const [deleted] = rows;
    if (!deleted) return false;
    const after = { deleted: deleted.counts, requestedBy: await findRequester(db, id) };
    await db.query(
      insertEntries(
        { ...systemContext(id), organizationId: null },
        'organization.purge',
        'organization',
        sql`(values (${id}::text, ${name}::text)) as t (id, name)`,
        { after },
      ),
    );
    return true;
  });
  if (isGone) logger.info({ organizationId: id }, 'An organization was deleted with everything that it had.');
  return isGone ? [id] : [];
}

/** Who requested the deletion, as its audit entry recorded it. */
async function findRequester(db: Queryable, id: string): Promise<unknown> {
  const { rows } = await db.query<{ kind: string; id: string | null; name: string }>(
    sql`select actor_kind as kind, actor_id as id, actor as name from audit
        where organization_id = ${id} and action = 'organization.delete' order by at desc, id desc limit 1`,
  );
  return rows[0];
}
