import type {
  BulkActionDto,
  BulkActionJobList,
  BulkActionList,
  BulkJobState,
  ListBulkActionJobsQuery,
  ListBulkActionsQuery,
} from '@/lib/contracts/bulk-action';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import {
  BULK_ACTION_COLUMNS,
  type BulkActionRow,
  findBulkAction,
  loadBulkAction,
  STARTED,
  toBulkActionDto,
} from './bulk-action-row';
import { reasonText } from './reasons';

/** Lists the bulk actions of the organization, newest first. @throws DomainError `forbidden` */
export async function listBulkActions(
  context: Context,
  { status, limit, cursor }: ListBulkActionsQuery,
): Promise<BulkActionList> {
  requirePermission(context, 'bulk-action.see');
  const { rows } = await pool().query<BulkActionRow>(
    sql`select ${BULK_ACTION_COLUMNS} from bulk_action a where a.organization_id = ${context.organizationId} and ${STARTED}
       and (${status ?? null}::text is null or a.status = ${status ?? null}::text)
       and (${cursor ?? null}::uuid is null or a.id < ${cursor ?? null}::uuid)
     order by a.id desc limit ${limit + 1}`,
  );
  const door = await openDoor(context);
  const shown = rows.slice(0, limit);
  return {
    bulkActions: shown.map((row) => toBulkActionDto(row, context, door)),
    nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** Returns a bulk action with what became of its jobs. @throws DomainError `forbidden`, `not-found` */
export async function getBulkAction(context: Context, id: string): Promise<BulkActionDto> {
  requirePermission(context, 'bulk-action.see');
  return loadBulkAction(context, id);
}

/**
 * Lists the jobs that a bulk action chose, in the order in which it deals with them: batch by batch.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function listBulkActionJobs(
  context: Context,
  id: string,
  { state, limit, cursor }: ListBulkActionJobsQuery,
): Promise<BulkActionJobList> {
  requirePermission(context, 'bulk-action.see');
  const action = await findBulkAction(pool(), context, id);
  const [group = null, job = null] = cursor?.split('.') ?? [];
  const { rows } = await pool().query<{
    groupId: string;
    jobId: string;
    batchId: string | null;
    was: BulkActionJobList['jobs'][number]['was'];
    state: BulkJobState;
    code: string | null;
    detail: string | null;
  }>(
    sql`select k.group_id as "groupId", k.job_id as "jobId", (select b.id from batch b where b.id = k.group_id) as "batchId", k.was,
       coalesce(k.state, 'waiting') as state, k.why as code, k.detail
     from bulk_action_job k where k.bulk_action_id = ${action.id}
       and (${state ?? null}::text is null or coalesce(k.state, 'waiting') = ${state ?? null}::text)
       and (${group}::uuid is null or (k.group_id, k.job_id) > (${group}::uuid, ${job}::uuid))
     order by k.group_id, k.job_id limit ${limit + 1}`,
  );
  const { level } = await openDoor(context);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    jobs: shown.map(({ groupId: _, ...row }) => ({
      ...row,
      reason: row.code === null ? null : reasonText(row.code),
      detail: level === 'full' ? row.detail : null,
    })),
    nextCursor: rows.length > limit && last ? `${last.groupId}.${last.jobId}` : null,
  };
}
