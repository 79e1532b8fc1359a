'use client';

import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type {
  CreateFlowsBody,
  CreateFlowsResult,
  FlowDto,
  FlowSummaryAnswer,
  FlowSummaryDto,
  RetryFlowResult,
} from '@/lib/contracts/flow';

/** Creates flows, all or none. The same idempotency key returns the same flows. @throws ApiError */
export function useLaunchFlows() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, idempotencyKey }: { body: CreateFlowsBody; idempotencyKey: string }) =>
      api<CreateFlowsResult>('/flows', {
        method: 'POST',
        json: body,
        headers: { 'idempotency-key': idempotencyKey },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.flows.lists }),
  });
}

function settle(client: QueryClient, flow: FlowSummaryDto): void {
  client.setQueryData<FlowDto>(keys.flows.tree(flow.id), (held) => (held ? { ...held, ...flow } : held));
}

function askAgain(client: QueryClient, flowId: string): void {
  void client.invalidateQueries({ queryKey: keys.flows.tree(flowId) });
  void client.invalidateQueries({ queryKey: keys.flows.pagesOf(flowId) });
  void client.invalidateQueries({ queryKey: keys.flows.lists });
}

/** Cancels what has not started; with `force`, running nodes are aborted as well. */
export function useCancelFlow() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ flowId, force }: { flowId: string; force: boolean }) =>
      api<FlowSummaryAnswer>(`/flows/${encodeURIComponent(flowId)}/cancel`, { method: 'POST', json: { force } }),
    onSuccess: ({ flow }) => settle(client, flow),
    onSettled: (_answer, _error, { flowId }) => askAgain(client, flowId),
  });
}

/** Runs failed, cancelled and therefore skipped nodes again. */
export function useRetryFlow() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ flowId, only }: { flowId: string; only: 'failed' | 'cancelled' | 'all' }) =>
      api<RetryFlowResult>(`/flows/${encodeURIComponent(flowId)}/retry`, { method: 'POST', json: { only } }),
    onSuccess: ({ flow }) => settle(client, flow),
    onSettled: (_answer, _error, { flowId }) => askAgain(client, flowId),
  });
}
