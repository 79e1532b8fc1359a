'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { SecretList } from '@/lib/contracts/secret';

/** The names of the organization's secrets; their values are never returned. */
export function useSecrets() {
  return useQuery({
    queryKey: keys.secrets,
    queryFn: ({ signal }) => api<SecretList>('/secrets', { signal }),
    select: ({ secrets }) => secrets,
  });
}
