'use client';

import { useMutation } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import type { FailureReason } from '@/lib/contracts/batch';
import type { EditResult } from '@/lib/contracts/correction';
import { useBatchMutation } from './use-batch-mutation';

interface Edit {
  batchId: string;
  /** an expression for each field */
  set: Record<string, string>;
  reason?: FailureReason | undefined;
}

/** Changes the input of failed items by expressions, and runs them again. */
export const useEditBatch = () =>
  useBatchMutation<Edit, EditResult>('edit', ({ set, reason }) => ({ set, reason, dry: false }));

/** A preview of the first edited items. Changes nothing. */
export const usePreviewEdit = () =>
  useMutation({
    mutationFn: ({ batchId, set, reason }: Edit) =>
      api<EditResult>(`/batches/${encodeURIComponent(batchId)}/edit`, {
        method: 'POST',
        json: { set, reason, dry: true },
      }),
  });
