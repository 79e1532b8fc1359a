'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { DiagnosisDto, MendedDto } from '@/lib/contracts/doctor';

/** Repairs a batch from its rows. The answer has what was done and what is still found. */
export function useRepairBatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ batchId }: { batchId: string }) =>
      api<MendedDto>(`/batches/${encodeURIComponent(batchId)}/mend`, { method: 'POST' }),
    onSuccess: ({ batchId, remaining }) =>
      client.setQueryData<DiagnosisDto>(keys.doctor.diagnosis(batchId), { batchId, findings: remaining }),
    onSettled: (_answer, _error, { batchId }) => {
      void client.invalidateQueries({ queryKey: keys.doctor.stuck });
      void client.invalidateQueries({ queryKey: keys.batches.lists });
      void client.invalidateQueries({ queryKey: keys.batches.detail(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.jobsOf(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.matrix(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.failures(batchId) });
    },
  });
}
