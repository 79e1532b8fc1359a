'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiAnswer } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import { stringifyJson } from '@/lib/contracts/json';

/** The fields of a launch without its items. `start` is "now" by default. */
export type LaunchRequest = Omit<LaunchFields, 'start'> & Partial<Pick<LaunchFields, 'start'>>;

export interface LaunchVariables {
  fields: LaunchRequest;
  /** JSON values, or a body that is streamed unchanged */
  items: readonly unknown[] | { body: Blob | string; contentType: 'application/x-ndjson' | 'text/csv' };
  /** the same key returns the same batch: use one for each intended launch */
  idempotencyKey?: string;
}

export interface LaunchOutcome extends LaunchResult {
  outcome: 'created' | 'existing' | 'running';
}

const OUTCOME: Record<number, LaunchOutcome['outcome']> = { 200: 'existing', 202: 'running' };

/** Launches a batch. `running` means that its unique key belongs to an unfinished batch. @throws ApiError */
export async function launch({ fields, items, idempotencyKey }: LaunchVariables): Promise<LaunchOutcome> {
  const headers: Record<string, string> = idempotencyKey ? { 'idempotency-key': idempotencyKey } : {};
  const { status, data } = await ('body' in items
    ? apiAnswer<LaunchResult>('/batches', {
        method: 'POST',
        query: { batch: stringifyJson(fields) },
        body: items.body,
        headers: { ...headers, 'content-type': items.contentType },
      })
    : apiAnswer<LaunchResult>('/batches', { method: 'POST', json: { ...fields, items }, headers }));
  return { ...data, outcome: OUTCOME[status] ?? 'created' };
}

export function useLaunch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: launch,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.batches.lists }),
        client.invalidateQueries({ queryKey: keys.capacity }),
      ]),
  });
}
