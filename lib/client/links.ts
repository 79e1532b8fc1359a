import { stringifyJson } from '@/lib/contracts/json';
import { apiPath } from './api';
import type { AuditFilters } from './keys';

/** Addresses of pages and downloads, in one place. */
export const links = {
  batch: (id: string) => `/batches/${encodeURIComponent(id)}`,
  /** the page that compares a batch; without the other one it suggests some */
  compare: (id: string, other?: string) =>
    `/batches/${encodeURIComponent(id)}/compare${other ? `?with=${encodeURIComponent(other)}` : ''}`,
  flow: (id: string) => `/flows/${encodeURIComponent(id)}`,
  schedule: (id: string) => `/schedules/${encodeURIComponent(id)}`,
  /** a new schedule that launches what a batch launched */
  scheduleOf: (batchId: string) => `/schedules/new?batch=${encodeURIComponent(batchId)}`,
  editSchedule: (id: string) => `/schedules/${encodeURIComponent(id)}/edit`,
  bulkAction: (id: string) => `/bulk-actions/${encodeURIComponent(id)}`,
  jobs: (query: string) => `/jobs?query=${encodeURIComponent(query)}`,
  view: ({ of, query, columns }: { of: string; query: string; columns?: readonly string[] | null }) =>
    `/${of}?query=${encodeURIComponent(query)}${columns ? `&columns=${columns.map(encodeURIComponent).join(',')}` : ''}`,
  deadLetters: (query: string) => `/dead-letters?query=${encodeURIComponent(query)}`,
  job: (id: string) => `/jobs/${encodeURIComponent(id)}`,
  results: (
    batchId: string,
    format: 'jsonl' | 'csv' | 'xlsx' | 'zip',
    { status, layout }: { status?: string; layout?: 'fields' | 'table' } = {},
  ) =>
    // Who clicks opens the file with a spreadsheet, which needs the mark to see UTF-8.
    `/api/batches/${encodeURIComponent(batchId)}/results?format=${format}${status ? `&status=${status}` : ''}${layout ? `&layout=${layout}` : ''}${layout === 'table' && format === 'csv' ? '&bom=true' : ''}`,
  errors: (batchId: string, format: 'csv' | 'xlsx' | 'jsonl', columns?: 'table' | 'fields') =>
    `/api/batches/${encodeURIComponent(batchId)}/errors?format=${format}${columns ? `&columns=${columns}` : ''}`,
  /** results of the jobs that match a query, over all batches */
  chosenResults: (query: string, format: 'jsonl' | 'csv' | 'xlsx') =>
    `/api/jobs/results?format=${format}&query=${encodeURIComponent(query)}`,
  leftOut: (importId: string, format: 'csv' | 'xlsx') =>
    `/api/imports/${encodeURIComponent(importId)}/issues?format=${format}`,
  audit: (filters: AuditFilters, format: 'csv' | 'jsonl') => apiPath('/audit', { ...filters, format }),
  auditOf: (actorId: string) => `/settings/audit?actor=${encodeURIComponent(actorId)}`,
  workers: () => '/settings/workers',
  file: (id: string) => `/api/files/${encodeURIComponent(id)}`,
};

/** A command that asks the API for the same thing. The key stays a variable: no secret is copied. */
export function curl(path: string, { method = 'GET', json }: { method?: string; json?: unknown } = {}): string {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = ['curl', '-sS', '-H "Authorization: Bearer $BATCHYARD_API_KEY"'];
  if (method !== 'GET') parts.push(`-X ${method}`);
  if (json !== undefined) parts.push("-H 'content-type: application/json'", `-d ${quote(stringifyJson(json))}`);
  return [...parts, quote(`${globalThis.location?.origin ?? ''}${path}`)].join(' ');
}
