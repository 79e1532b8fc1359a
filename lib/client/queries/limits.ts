'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ApiKeyList } from '@/lib/contracts/api-key';
import type { LimitsAnswer } from '@/lib/contracts/limits';
import type { SettingsAnswer } from '@/lib/contracts/organization-settings';

/** The API keys that are not revoked, newest first. Only administrators may see them. */
export function useApiKeys({ enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: keys.apiKeys,
    enabled,
    queryFn: ({ signal }) => api<ApiKeyList>('/api-keys', { signal }),
    select: ({ apiKeys }) => apiKeys,
  });
}

/** What the organization may use, and what it uses now. */
export function useLimits() {
  return useQuery({
    queryKey: keys.limits,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => api<LimitsAnswer>('/limits', { signal }),
  });
}

/** The retention and the job types that the organization chose. */
export function useOrganizationSettings() {
  return useQuery({
    queryKey: keys.settings,
    queryFn: ({ signal }) => api<SettingsAnswer>('/settings', { signal }),
  });
}
