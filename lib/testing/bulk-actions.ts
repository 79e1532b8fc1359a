import { expect } from 'vitest';
import type { BulkActionDto, EstimateRequest } from '@/lib/contracts/bulk-action';
import type { JobStatus } from '@/lib/contracts/status';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { getBulkAction } from '@/lib/domain/bulk-action/read-bulk-actions';
import { runBulkActions } from '@/lib/domain/bulk-action/run/run-bulk-actions';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import type { Context } from '@/lib/domain/context';

/** Estimates and starts a bulk action. */
export async function startBulk(who: Context, request: EstimateRequest): Promise<BulkActionDto> {
  const { token } = await estimateBulkAction(who, request);
  return (await startBulkAction(who, token)).bulkAction;
}

/** Estimates, starts and carries out. */
export async function runBulk(who: Context, request: EstimateRequest): Promise<BulkActionDto> {
  const { id } = await startBulk(who, request);
  await runBulkActions();
  return getBulkAction(who, id);
}

/** Inserts a job that is part of no batch and no flow. */
export async function seedSingle({ organizationId }: Context, status: JobStatus): Promise<string> {
  const id = newId();
  await pool().query(
    `insert into job (id, organization_id, type, status, data, finished_at) values ($1, $2, 'diagnostic', $3, '{}',
       case when $3 in ('failed', 'completed', 'cancelled') then now() end)`,
    [id, organizationId, status],
  );
  return id;
}

export const statusOf = async (id: string): Promise<JobStatus | undefined> =>
  (await pool().query<{ status: JobStatus }>('select status from job where id = $1', [id])).rows[0]?.status;

/** The counts of the record are those of its rows. */
export async function expectTrue(id: string): Promise<void> {
  const { rows } = await pool().query(
    `select a.matched = count(k) as matched, a.done = count(*) filter (where k.state = 'done') as done,
       a.failed = count(*) filter (where k.state = 'failed') as failed, a.skipped = count(*) filter (where k.state = 'skipped') as skipped
     from bulk_action a left join bulk_action_job k on k.bulk_action_id = a.id where a.id = $1 group by a.id`,
    [id],
  );
  expect(rows).toEqual([{ matched: true, done: true, failed: true, skipped: true }]);
}

/** The entries about a batch, flow, job or bulk action in the audit log, the oldest first. */
export const entriesOf = async (target: string): Promise<{ action: string; after: { count?: number } }[]> =>
  (await pool().query('select action, after from audit where target_id = $1 order by id', [target])).rows;
