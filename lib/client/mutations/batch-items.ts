'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useBatchMutation } from '@/lib/client/mutations/batches';
import { useLive } from '@/lib/client/provider';
import type { AddItemsResult, BatchAnswer, FailureReason } from '@/lib/contracts/batch';
import type { CorrectionsResult, EditResult } from '@/lib/contracts/correction';

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

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The file types of a corrected file, for a file picker. */
export const CORRECTION_FILES = Object.keys(TYPES)
  .map((extension) => `.${extension}`)
  .join(',');

/** The content type by the file's name: browsers report many types for CSV. Undefined: not accepted. */
export const correctionType = (name: string): string | undefined => TYPES[name.toLowerCase().split('.').at(-1) ?? ''];

/** Uploads a corrected errors file; with `dry` it is only checked. */
export function useCorrections(batchId: string) {
  const client = useQueryClient();
  const live = useLive();
  return useMutation({
    mutationFn: ({ file, dry }: { file: File; dry: boolean }) =>
      api<CorrectionsResult>(`/batches/${encodeURIComponent(batchId)}/corrections`, {
        method: 'POST',
        query: { dry },
        body: file,
        headers: { 'content-type': correctionType(file.name) ?? 'text/csv' },
      }),
    onSuccess: ({ batch, dry }) => {
      if (dry) return;
      live.mergeBatch(batch, performance.now());
      client.setQueryData(keys.batches.detail(batch.id), batch);
      void client.invalidateQueries({ queryKey: keys.batches.jobsOf(batch.id) });
      void client.invalidateQueries({ queryKey: keys.batches.failures(batch.id) });
      void client.invalidateQueries({ queryKey: keys.batches.matrix(batch.id) });
    },
  });
}
