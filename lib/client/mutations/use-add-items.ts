'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { AddItemsResult, BatchAnswer } from '@/lib/contracts/batch';
import { useBatchMutation } from './use-batch-mutation';

interface Addition {
  batchId: string;
  body: Blob | string;
  contentType: 'application/json' | 'application/x-ndjson' | 'text/csv';
  /** the same key for the same items, so that a call without an answer can be repeated */
  idempotencyKey: string;
}

/** Adds items to a batch that is not sealed: all of them or none. */
export function useAddItems() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ batchId, body, contentType, idempotencyKey }: Addition) =>
      api<AddItemsResult>(`/batches/${encodeURIComponent(batchId)}/items`, {
        method: 'POST',
        body,
        headers: { 'content-type': contentType, 'idempotency-key': idempotencyKey },
      }),
    onSettled: (_answer, _error, { batchId }) => {
      void client.invalidateQueries({ queryKey: keys.batches.detail(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.jobsOf(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.matrix(batchId) });
    },
  });
}

/** Seals a batch: it ends when none of its items is open. */
export const useSealBatch = () => useBatchMutation<{ batchId: string }, BatchAnswer>('seal', () => ({}));
