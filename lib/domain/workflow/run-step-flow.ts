import { createHash } from 'node:crypto';
import type { FlowNodeBody } from '@/lib/contracts/flow';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
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
  const { outcome, result } = await createFlows(context, body, {
    idempotencyKey: `${KEY_PREFIX}${jobId}:${stepId}:${digest}`,
  });
  const flowId = must(result.flowIds[0], 'The flow of a step');
  if (outcome === 'existing') {
    const { status } = await getFlowSummary(context, flowId);
    if (status === 'failed' || status === 'cancelled') await retryFlow(context, flowId, { only: 'all' });
  }
  return { flowId, found: outcome === 'existing' };
}
