'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, apiAnswer, apiPath, OfflineError, organizationHeader, retryAfterSeconds } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import type { Problem } from '@/lib/contracts/errors';
import type { FileDto } from '@/lib/contracts/file';
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

export interface UploadOptions {
  /** bytes sent so far, of all */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

/** Uploads one file. XMLHttpRequest, because fetch does not report how much has been sent. @throws ApiError, OfflineError */
export function uploadFile(file: File, { onProgress, signal }: UploadOptions = {}): Promise<FileDto> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', apiPath('/files'));
    request.setRequestHeader('x-filename', encodeURIComponent(file.name));
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    for (const [name, value] of Object.entries(organizationHeader())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress?.(event.loaded, event.total);
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as FileDto);
      else {
        const retryAfter = retryAfterSeconds({ get: (name) => request.getResponseHeader(name) });
        reject(new ApiError(request.status, body as Partial<Problem>, retryAfter));
      }
    };
    request.onerror = () => reject(new OfflineError());
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    if (signal?.aborted) request.abort();
    else request.send(file);
  });
}

/** An answer that is no JSON: only its status is known. */
function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
