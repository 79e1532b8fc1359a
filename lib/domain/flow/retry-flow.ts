import type { RetryFlowResult } from '@/lib/contracts/flow';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { type Sql, sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { requireOwn } from '@/lib/domain/job/require-own';
import { loadFlowSummary } from './get-flow';
import { reopenNodes } from './reopen-nodes';

const CHOSEN = { failed: ['failed'], cancelled: ['cancelled'], all: ['failed', 'cancelled'] } as const;

/**
 * Runs the failed and cancelled nodes of a flow again, and those that did not run because of them. Completed nodes stay
 * unchanged.
 * @throws DomainError `not-found`, `forbidden`, `not-retryable` (nothing failed, or it is being cancelled)
 */
export async function retryFlow(
  context: Context,
  flowId: string,
  options: { only: 'failed' | 'cancelled' | 'all' },
): Promise<RetryFlowResult> {
  requirePermission(context, 'flow.retry', 'retry a flow');
  await requireFlow(context, flowId);
  const retried = await retrying(() =>
    transaction(async (tx) => {
      await requireOwn(tx.db, context, sql`j.flow_id = ${flowId}::uuid`, 'retry a flow');
      const count = await reopenNodes(tx, flowId, sql`j.outcome = any(${CHOSEN[options.only]}::text[])`);
      if (count === 0) throw new DomainError('not-retryable', 'No node of this flow has failed or was cancelled.');
      await audit(tx.db, context, 'flow.retry', { kind: 'flow', id: flowId }, { after: { only: options.only, count } });
      return count;
    }),
  );
  return { flow: await loadFlowSummary(context, flowId), retried };
}

async function requireFlow(context: Context, flowId: string): Promise<void> {
  const { rows } = isId(flowId)
    ? await pool().query(sql`select 1 from flow where id = ${flowId} and organization_id = ${context.organizationId}`)
    : { rows: [] };
  if (rows.length === 0) throw notFound('flow', flowId);
}

/**
 * SQL condition: the nodes themselves, the children below them whose failure would end them again at once, and the
 * parents above them that did not run because of them.
 */
const nodesAndTheirFamilies = (jobIds: readonly string[]): Sql => sql`j.id in (
  with recursive below(id) as (
    select unnest(${jobIds}::uuid[])
    union
    select c.id from below b join job c on c.parent_job_id = b.id join flow_node m on m.job_id = c.id
      where c.outcome in ('failed', 'cancelled') and m.policy = 'fail-parent'
  ), above(id) as (
    select unnest(${jobIds}::uuid[])
    union
    select p.id from above a join job c on c.id = a.id join flow_node m on m.job_id = c.id
      join job p on p.id = c.parent_job_id
      where m.policy = 'fail-parent' and p.outcome in ('failed', 'cancelled') and p.started_at is null
  ) select id from below union select id from above)`;

/**
 * Reopens nodes of a flow with those of `nodesAndTheirFamilies`. All of them have failed or were cancelled.
 * @returns how many run again
 */
export const retryNodes = (tx: Transaction, flowId: string, jobIds: readonly string[]): Promise<number> =>
  reopenNodes(tx, flowId, nodesAndTheirFamilies(jobIds));

/** The same for one node. @returns 0 if it may not run again */
export async function retryNode(tx: Transaction, flowId: string, jobId: string): Promise<number> {
  const { rows } = await tx.db.query<{ ended: boolean }>(
    sql`select outcome in ('failed', 'cancelled') as ended from job where id = ${jobId}`,
  );
  return rows[0]?.ended ? retryNodes(tx, flowId, [jobId]) : 0;
}
