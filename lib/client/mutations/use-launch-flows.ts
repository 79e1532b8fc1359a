'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { CreateFlowsBody, CreateFlowsResult } from '@/lib/contracts/flow';

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
