'use client';

import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ChannelAnswer, CreateChannelBody, CreatedChannel, SigningSecretAnswer } from '@/lib/contracts/channel';
import type { DeliveryAnswer } from '@/lib/contracts/delivery';
import type { CreateRuleBody, RuleAnswer, UpdateRuleBody } from '@/lib/contracts/notification-rule';
import { useChange } from './people';

const path = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}`;

export const useCreateChannel = () =>
  useChange((json: CreateChannelBody) => api<CreatedChannel>('/channels', { method: 'POST', json }), keys.channels);

export interface ChannelChange {
  id: string;
  name?: string;
  config?: object;
  enabled?: boolean;
}

export const useUpdateChannel = () =>
  useChange(
    ({ id, ...json }: ChannelChange) => api<ChannelAnswer>(path('channels', id), { method: 'PATCH', json }),
    keys.channels,
  );

export const useDeleteChannel = () =>
  useChange(
    (id: string) => api<ChannelAnswer>(path('channels', id), { method: 'DELETE' }),
    keys.channels,
    keys.notificationRules,
    keys.deliveries.all,
  );

export const useTestChannel = () =>
  useChange(
    (id: string) =>
      api<DeliveryAnswer>(`${path('channels', id)}/test`, { method: 'POST' }).then(({ delivery }) => delivery),
    keys.channels,
    keys.deliveries.all,
  );

export const useCreateSigningSecret = () =>
  useChange(() => api<SigningSecretAnswer>('/signing-secret', { method: 'POST' }).then(({ secret }) => secret));

export const useCreateRule = () =>
  useChange(
    (json: CreateRuleBody) => api<RuleAnswer>('/notification-rules', { method: 'POST', json }),
    keys.notificationRules,
  );

export const useUpdateRule = () =>
  useChange(
    ({ id, ...json }: UpdateRuleBody & { id: string }) =>
      api<RuleAnswer>(path('notification-rules', id), { method: 'PATCH', json }),
    keys.notificationRules,
  );

export const useDeleteRule = () =>
  useChange(
    (id: string) => api<RuleAnswer>(path('notification-rules', id), { method: 'DELETE' }),
    keys.notificationRules,
  );

export const useRedeliver = () =>
  useChange(
    (id: string) => api<DeliveryAnswer>(`${path('deliveries', id)}/redeliver`, { method: 'POST' }),
    keys.deliveries.all,
  );
