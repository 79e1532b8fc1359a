import type { FlowSummaryDto } from '@/lib/contracts/flow';
import type { JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { RECORD_CLOSED } from '@/lib/domain/history/record-history';
import { requireOwn } from '@/lib/domain/job/require-own';
import { publish, publishChanges } from '@/lib/events/relay';
import { loadFlowSummary } from './get-flow';
import { finishFlows, lockFlows } from './settle-nodes';

/**
 * Cancels a flow: waiting nodes never start, running ones complete; with `force` they are aborted.
 * @throws DomainError `not-found`, `forbidden`, `already-finished`
 */
export async function cancelFlow(
  context: Context,
  flowId: string,
  options: { force?: boolean | undefined } = {},
): Promise<FlowSummaryDto> {
  requirePermission(context, 'flow.cancel', 'cancel a flow');
  if (!isId(flowId)) throw notFound('flow', flowId);
  await retrying(() => transaction((tx) => cancel(tx, context, flowId, options.force ? 'force' : 'graceful')));
  return loadFlowSummary(context, flowId);
}

async function cancel(tx: Transaction, context: Context, flowId: string, mode: 'force' | 'graceful'): Promise<void> {
  const { db } = tx;
  await lockFlows(db, [flowId]);
  const { rows } = await db.query<{ finished: boolean; status: string }>(
    sql`select finished_at is not null as finished, status from flow where id = ${flowId} and organization_id = ${context.organizationId}`,
  );
  if (!rows[0]) throw notFound('flow', flowId);
  await requireOwn(db, context, sql`j.flow_id = ${flowId}::uuid`, 'cancel a flow');
  if (rows[0].finished) throw new DomainError('already-finished', `This flow is already ${rows[0].status}.`);
  await audit(db, context, 'flow.cancel', { kind: 'flow', id: flowId }, { after: { mode } });
  await db.query(
    sql`update flow set cancel_mode = case when cancel_mode = 'force' then 'force' else ${mode} end where id = ${flowId}`,
  );
  const changed = await closeWaiting(db, flowId);
  const { rows: running } = await db.query<{ id: string }>(
    sql`update job set cancel_mode = case when cancel_mode = 'force' then 'force' else ${mode} end
     where flow_id = ${flowId} and outcome is null and status = 'active' returning id`,
  );
  // Nodes that went from running to waiting between the two statements. From now on none can.
  changed.push(...(await closeWaiting(db, flowId)));
  await finishFlows(db, [flowId]);
  const jobIds = running.map((r) => r.id);
  if (mode === 'force' && jobIds.length > 0) {
    tx.afterCommit(() => publish('control', { abort: { jobIds, batchIds: [], force: true } }));
  }
  const active = jobIds.map((id) => ({ id, status: 'active' as const }));
  const jobs = [...changed, ...active].map(({ id, status }) => ({ jobId: id, batchId: null, flowId, status }));
  tx.afterCommit(() => publishChanges({ jobs: jobs.slice(0, 200), flows: [flowId] }));
}

async function closeWaiting(db: Queryable, flowId: string): Promise<{ id: string; status: JobStatus }[]> {
  const { rows } = await db.query<{ id: string; status: JobStatus }>(
    sql`with closed as (update job set status = 'cancelled', finished_at = clock_timestamp(), run_at = null
     where flow_id = ${flowId} and outcome is null and status in ('pending', 'delayed', 'waiting-children')
     returning id, organization_id, type, status), history as (${RECORD_CLOSED})
     select id, status from closed`,
  );
  return rows;
}

/**
 * Repeats the cancels of flows in which nodes still wait. For the sweep.
 * @returns how many nodes were closed
 */
export async function repeatFlowCancels(): Promise<number> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from flow f where finished_at is null and cancel_mode is not null and exists (
       select from job where flow_id = f.id and outcome is null and status in ('pending', 'delayed', 'waiting-children'))
     limit 100`,
  );
  let closed = 0;
  for (const { id } of rows) {
    closed += await retrying(() =>
      transaction(async ({ db }) => {
        await lockFlows(db, [id]);
        const { rowCount } = await db.query(sql`select 1 from flow where id = ${id} and cancel_mode is not null`);
        const changed = rowCount ? await closeWaiting(db, id) : [];
        await finishFlows(db, [id]);
        return changed.length;
      }),
    );
  }
  return closed;
}
