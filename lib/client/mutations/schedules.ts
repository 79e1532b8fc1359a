'use client';

import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { FileDto } from '@/lib/contracts/file';
import type { BackfillResult, FiringAnswer } from '@/lib/contracts/firing';
import type { ScheduleAnswer } from '@/lib/contracts/schedule';
import { useChange } from './people';

const pathOf = (id: string): string => `/schedules/${encodeURIComponent(id)}`;

/** Creates a schedule, or changes the one with this id. */
export const useSaveSchedule = () =>
  useChange(
    ({ id, body }: { id: string | null; body: object }) =>
      id === null
        ? api<ScheduleAnswer>('/schedules', { method: 'POST', json: body })
        : api<ScheduleAnswer>(pathOf(id), { method: 'PATCH', json: body }),
    keys.schedules.all,
  );

export const useDeleteSchedule = () =>
  useChange((id: string) => api(pathOf(id), { method: 'DELETE' }), keys.schedules.all);

export const useRunSchedule = () =>
  useChange(
    (id: string) => api<FiringAnswer>(`${pathOf(id)}/run`, { method: 'POST', json: {} }),
    keys.schedules.all,
    keys.batches.lists,
    keys.jobs.lists,
    keys.flows.lists,
  );

export const useBackfill = () =>
  useChange(
    ({ id, ...json }: { id: string; from: string; to: string }) =>
      api<BackfillResult>(`${pathOf(id)}/backfill`, { method: 'POST', json }),
    keys.schedules.all,
  );

/** Stores the file that holds the items of a batch. */
export const useUploadItems = () =>
  useChange((file: File) =>
    api<FileDto>('/files', {
      method: 'POST',
      body: file,
      headers: { 'x-filename': encodeURIComponent(file.name), 'content-type': file.type || 'application/octet-stream' },
    }),
  );
