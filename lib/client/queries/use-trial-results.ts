'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { apiBytes } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobError } from '@/lib/contracts/errors';
import { parseJson } from '@/lib/contracts/json';
import type { JobStatus } from '@/lib/contracts/status';

export interface TrialResult {
  /** place in the dry run, from 0 */
  index: number;
  status: JobStatus;
  input: unknown;
  result?: unknown;
  error?: JobError;
}

/** The results of the rows of a dry run, read again whenever its counters change. */
export function useTrialResults(batchId: string, batch: BatchDto | undefined) {
  const moved = batch ? batch.completed + batch.failed + batch.cancelled + batch.active * 1000 : 0;
  return useQuery({
    queryKey: keys.imports.trial(batchId, moved),
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const path = `/batches/${encodeURIComponent(batchId)}/results`;
      const text = new TextDecoder().decode(await apiBytes(path, { query: { format: 'jsonl' }, signal }));
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => parseJson(line) as TrialResult);
    },
  });
}
