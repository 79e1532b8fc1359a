'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { CreateSecretBody, SecretAnswer } from '@/lib/contracts/secret';

/** Keeps a secret, or replaces the one of the same name. */
export function useCreateSecret() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateSecretBody) =>
      api<SecretAnswer>('/secrets', { method: 'POST', json: body }).then(({ secret }) => secret),
    onSettled: () => client.invalidateQueries({ queryKey: keys.secrets }),
  });
}

export function useDeleteSecret() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api(`/secrets/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.secrets }),
  });
}
