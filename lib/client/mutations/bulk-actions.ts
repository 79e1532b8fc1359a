'use client';

import { useMutation } from '@tanstack/react-query';
import { api, apiFile } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { BulkActionAnswer, BulkActionEstimate, BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { TagChange } from '@/lib/contracts/tag-change';
import { useChange } from './people';

/** Which jobs, and how. */
export interface EstimateInput {
  action: BulkActionVerb;
  query?: string;
  jobIds?: readonly string[];
  /** the jobs of batches or flows, or these themselves to delete or tag them */
  batchIds?: readonly string[];
  flowIds?: readonly string[];
  /** of an edit: an expression for each field */
  set?: Record<string, string>;
  /** of the action `tag` */
  tags?: TagChange;
  ratePerMinute?: number;
  note?: string;
}

/** So long an estimate searches before it shows what it has found so far. */
const STEP_SECONDS = 10;

/** Asks what a bulk action would do, which freezes its selection. Changes no job. */
export const useEstimate = () =>
  useMutation({
    mutationFn: (input: EstimateInput) =>
      api<BulkActionEstimate>('/bulk-actions', {
        method: 'POST',
        json: { ...input, waitSeconds: STEP_SECONDS, dry: true },
      }),
  });

/** Goes on with an estimate whose search did not come to its end. */
export const useContinueEstimate = () =>
  useMutation({
    mutationFn: (token: string) =>
      api<BulkActionEstimate>('/bulk-actions', {
        method: 'POST',
        json: { token, waitSeconds: STEP_SECONDS, dry: true },
      }),
  });

/** Starts exactly what was estimated. The same token again starts nothing new. */
export const useStartBulkAction = () =>
  useChange(
    (token: string) =>
      api<BulkActionAnswer>('/bulk-actions', { method: 'POST', json: { token } }).then(({ bulkAction }) => bulkAction),
    keys.bulkActions.all,
  );

export const useAbortBulkAction = () =>
  useChange(
    (id: string) =>
      api<BulkActionAnswer>(`/bulk-actions/${encodeURIComponent(id)}/abort`, { method: 'POST', json: {} }).then(
        ({ bulkAction }) => bulkAction,
      ),
    keys.bulkActions.all,
  );

/** Downloads the outcomes of jobs that were picked, as a file. */
export const useChosenResults = () =>
  useMutation({
    mutationFn: (json: { format: 'jsonl' | 'csv' | 'xlsx'; jobIds: readonly string[] }) =>
      apiFile('/jobs/results', { method: 'POST', json }),
  });
