'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { AttentionAction } from '@/lib/contracts/attention';

/** Makes the call that settles something that needs a person. */
export function useAttentionAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: AttentionAction) =>
      api(path.replace(/^\/api/, ''), { method, ...(body === undefined ? {} : { json: body }) }),
    onSettled: () =>
      Promise.all(
        [keys.attention, keys.doctor.stuck, keys.batches.all, keys.schedules.all, keys.capacity].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
