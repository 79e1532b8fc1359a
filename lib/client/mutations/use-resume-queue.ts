'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { PausedQueueList } from '@/lib/contracts/doctor';

/** Resumes a queue that another client paused. */
export function useResumeQueue() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (queue: string) => api<PausedQueueList>('/doctor/resume', { method: 'POST', json: { queue } }),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.doctor.stuck }),
  });
}
