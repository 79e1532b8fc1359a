'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { CorrectionsResult } from '@/lib/contracts/correction';

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
