'use client';

import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { CreateViewBody, UpdateViewBody, ViewAnswer } from '@/lib/contracts/view';
import { useChange } from './people';

const path = (id: string): string => `/views/${encodeURIComponent(id)}`;

export const useCreateView = () =>
  useChange(
    (json: CreateViewBody) => api<ViewAnswer>('/views', { method: 'POST', json }).then(({ view }) => view),
    keys.views.all,
  );

export const useUpdateView = () =>
  useChange(
    ({ id, ...json }: UpdateViewBody & { id: string }) =>
      api<ViewAnswer>(path(id), { method: 'PATCH', json }).then(({ view }) => view),
    keys.views.all,
  );

export const useDeleteView = () =>
  useChange((id: string) => api<ViewAnswer>(path(id), { method: 'DELETE' }), keys.views.all);
