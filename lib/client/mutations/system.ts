'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { RedactionAnswer, RedactionDto } from '@/lib/contracts/redaction';
import type { CreateSecretBody, SecretAnswer } from '@/lib/contracts/secret';
import type { NodeAnswer } from '@/lib/contracts/worker';

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

/** Lets a machine take no more work, or take work again. */
export function useDrainWorker() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, act }: { id: string; act: 'drain' | 'resume' }) =>
      api<NodeAnswer>(`/workers/${encodeURIComponent(id)}/${act}`, { method: 'POST', json: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.workers }),
  });
}

/** Replaces the redaction rules. */
export function useSetRedaction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (rules: RedactionDto) => api<RedactionAnswer>('/redaction', { method: 'PUT', json: rules }),
    onSuccess: (answer) => client.setQueryData(keys.redaction, answer),
  });
}

/** Ends the session and leaves: nothing of it stays in memory. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => api('/auth/sign-out', { method: 'POST', json: {} }),
    onSuccess: () => globalThis.location.assign('/sign-in'),
  });
}
