'use client';

import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ApiKeyDto, CreateApiKeyBody, CreatedApiKey, RotateApiKeyBody } from '@/lib/contracts/api-key';
import type { LimitsAnswer, SetLimitsBody } from '@/lib/contracts/limits';
import type { SetSettingsBody, SettingsAnswer } from '@/lib/contracts/organization-settings';
import { useChange } from './people';

const pathOf = (id: string): string => `/api-keys/${encodeURIComponent(id)}`;

export const useCreateApiKey = () =>
  useChange((json: CreateApiKeyBody) => api<CreatedApiKey>('/api-keys', { method: 'POST', json }), keys.apiKeys);

export const useRotateApiKey = () =>
  useChange(
    ({ id, ...json }: RotateApiKeyBody & { id: string }) =>
      api<CreatedApiKey>(`${pathOf(id)}/rotate`, { method: 'POST', json }),
    keys.apiKeys,
  );

export const useRevokeApiKey = () =>
  useChange((id: string) => api<{ apiKey: ApiKeyDto }>(pathOf(id), { method: 'DELETE' }), keys.apiKeys);

export const useSetLimits = () =>
  useChange(
    (json: SetLimitsBody) => api<LimitsAnswer>('/limits', { method: 'PUT', json }),
    keys.limits,
    keys.capacity,
    keys.jobTypes,
  );

export const useSetSettings = () =>
  useChange(
    (json: SetSettingsBody) => api<SettingsAnswer>('/settings', { method: 'PATCH', json }),
    keys.settings,
    keys.jobTypes,
  );
