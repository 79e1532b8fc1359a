import { createHash } from 'node:crypto';
import type { FlowNodeBody } from '@/lib/contracts/flow';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { getFlowSummary } from '@/lib/domain/flow/get-flow';
import { retryFlow } from '@/lib/domain/flow/retry-flow';

/** Prefix of the idempotency key of a step's flow; the id of the workflow's job follows. */
export const KEY_PREFIX = 'workflow:';

/**
 * Creates the flow of a step, or finds the one that an earlier attempt created: the same step with the same input runs
 * once. If that flow failed, its failed jobs are retried.
 * @throws DomainError `invalid-data`, `unknown-job-type`, `invalid-request`
 */
export async function runStepFlow(
  context: Context,
  jobId: string,
  stepId: string,
  flow: FlowNodeBody,
  correlationId: string | null,
): Promise<{ flowId: string; found: boolean }> {
  const digest = createHash('sha256').update(stringifyJson(flow)).digest('hex').slice(0, 32);
  const body = { flow, ...(correlationId && { correlationId }) };
  const key = { idempotencyKey: `${KEY_PREFIX}${jobId}:${stepId}:${digest}` };
  const { outcome, result } = await createFlows(context, body, key, { workflowJobId: jobId });
  const flowId = must(result.flowIds[0], 'The flow of a step');
  if (outcome === 'existing') {
    const { status } = await getFlowSummary(context, flowId);
    if (status === 'failed' || status === 'cancelled') await retryFlow(context, flowId, { only: 'all' });
  }
  return { flowId, found: outcome === 'existing' };
}

interface StepResult {
  depth: number;
  outcome: 'completed' | 'failed' | 'cancelled' | null;
  result: unknown;
  error: { message?: string; code?: string } | null;
}

/** Maximum size of all results that a workflow keeps in memory, in characters. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/**
 * Reads the outcomes of the jobs of a step's flow, the root first, then its children in order; null if they are too
 * large.
 */
export async function readStepResults(context: Context, flowId: string): Promise<StepResult[] | null> {
  const { rows: sizes } = await pool().query<{ size: number | null }>(
    sql`select sum(length(result::text)) as size from job where flow_id = ${flowId} and organization_id = ${context.organizationId}`,
  );
  if ((sizes[0]?.size ?? 0) > MAX_CHARACTERS) return null;
  const { rows } = await pool().query<StepResult>(
    sql`select n.depth, j.outcome, j.result, j.error from job j join flow_node n on n.job_id = j.id
     where j.flow_id = ${flowId} and j.organization_id = ${context.organizationId} order by n.place`,
  );
  return rows;
}
