import { checkOf } from '@/e2e/support/answers';
import type { Api } from '@/e2e/support/api';
import {
  callBulkActions,
  callDeadLetters,
  callNotifications,
  callSchedules,
  callTeam,
  callViews,
} from '@/e2e/support/documented-calls';
import { expect, test } from '@/e2e/support/test';
import type { ImportAnswer, ImportDto } from '@/lib/contracts/import';
import { must } from '@/lib/contracts/must';
import { eventually } from '@/lib/testing/until';

const ITEMS = [{ durationMs: 1 }, { outcome: 'fail' }];

/** A batch that is finished, with one completed and one failed item. */
async function finishedBatch(api: Api): Promise<string> {
  const { body } = await api.launch({
    name: 'described',
    type: 'diagnostic',
    items: ITEMS,
    options: { maxAttempts: 1 },
  });
  await api.finished(body.batchId);
  return body.batchId;
}

async function importOf(api: Api, id: string, status: ImportDto['status']): Promise<ImportDto> {
  const ask = async () => (await api.get<ImportAnswer>(`/api/imports/${id}`)).body.import;
  return eventually(`the import is ${status}`, ask, (found) => found.status === status);
}

// `Api` compares every answer with the document. Here every operation is called, so that none is described only.
test('every operation of the OpenAPI document answers as documented', async ({ api, running }) => {
  const batch = await finishedBatch(api);
  for (const part of [
    '',
    '/status',
    '/jobs',
    '/matrix',
    '/throughput',
    '/table',
    '/failures',
    '/logs',
    '/doctor',
    '/activity',
    '/slow',
  ])
    expect((await api.get(`/api/batches/${batch}${part}`)).status, part).toBe(200);
  for (const part of ['compare', 'compare/items'])
    expect((await api.get(`/api/batches/${batch}/${part}?with=${batch}`)).status, part).toBe(200);
  for (const format of ['jsonl', 'csv', 'xlsx', 'zip'])
    expect((await api.get(`/api/batches/${batch}/results?format=${format}`)).status, format).toBe(200);
  for (const format of ['csv', 'jsonl', 'xlsx'])
    expect((await api.get(`/api/batches/${batch}/errors?format=${format}`)).status, format).toBe(200);
  const chosen = `batch:${batch}`;
  expect((await api.get(`/api/jobs/results?query=${chosen}&format=csv`)).status).toBe(200);
  expect((await api.post('/api/jobs/results', { query: chosen })).status).toBe(200);
  expect((await api.get('/api/batches')).status).toBe(200);
  const rows = [{ row: 2, data: { durationMs: 2 } }];
  expect((await api.post(`/api/batches/${batch}/corrections`, { rows, dry: true })).status).toBe(200);
  expect((await api.post(`/api/batches/${batch}/edit`, { set: { durationMs: '5' }, dry: true })).status).toBe(200);
  expect((await api.post(`/api/batches/${batch}/mend`)).status).toBe(200);
  expect((await api.post(`/api/batches/${batch}/retry`, {})).status).toBe(200);
  await api.finished(batch);
  expect((await api.post(`/api/batches/${batch}/cancel`, {})).status).toBe(409);

  const open = await api.launch({ name: 'open', type: 'diagnostic', items: ITEMS, sealed: false, start: 'manual' });
  const { batchId } = open.body;
  expect((await api.post(`/api/batches/${batchId}/items`, { items: [{}] })).status).toBe(201);
  const job = await api.post<{ jobId: string }>('/api/jobs', { type: 'diagnostic', data: {}, delayMs: 3_600_000 });
  const { jobId } = job.body;
  expect((await api.post(`/api/batches/${batchId}/children`, { jobId })).status).toBe(200);
  expect((await api.post(`/api/batches/${batchId}/seal`)).status).toBe(200);
  expect((await api.post(`/api/jobs/process/all/${batchId}`, { start: 'queue' })).status).toBe(200);
  expect((await api.call('PATCH', `/api/batches/${batchId}`, { options: { concurrency: 2 } })).status).toBe(200);
  for (const act of ['pause', 'resume', 'cancel'])
    expect((await api.post(`/api/batches/${batchId}/${act}`, {})).status, act).toBe(200);

  const single = await api.post<{ jobId: string }>('/api/jobs', { type: 'diagnostic', data: {}, delayMs: 3_600_000 });
  const id = single.body.jobId;
  expect((await api.call('PATCH', `/api/jobs/${id}/cancel`, {})).status).toBe(200);
  expect((await api.post(`/api/jobs/${id}/retry`, {})).status).toBe(200);
  for (const part of ['', '/logs', '/artifacts', '/activity'])
    expect((await api.get(`/api/jobs/${id}${part}`)).status).toBe(200);
  for (const path of [
    'jobs',
    'jobs/stats',
    'jobs/count?query=status:failed',
    'query-values?of=jobs&field=tag&value=n',
    'history',
    'job-types',
    'capacity',
    'workers',
    'viewer',
    'attention',
    'doctor',
    'openapi.json',
    'flows',
  ])
    expect((await api.get(`/api/${path}`)).status, path).toBe(200);
  expect((await api.call('DELETE', '/api/jobs/cleanup?olderThanDays=3650')).status).toBe(200);

  const children = [{ name: 'part', type: 'diagnostic', data: { outcome: 'fail' }, opts: { attempts: 1 } }];
  const flows = await api.post<{ flowIds: string[] }>('/api/flows', {
    flow: { name: 'tree', type: 'collect', children },
  });
  const [flow = ''] = flows.body.flowIds;
  await api.jobEnded(flow);
  for (const part of ['', '/nodes', '/activity'])
    expect((await api.get(`/api/flows/${flow}${part}`)).status, part).toBe(200);
  for (const query of ['', '?action=batch.*&limit=5', '?format=csv', '?format=jsonl', '/actors'])
    expect((await api.get(`/api/audit${query}`)).status, query).toBe(200);
  expect((await api.post(`/api/flows/${flow}/retry`, {})).status).toBe(200);
  const late = await api.post<{ flowIds: string[] }>('/api/flows', {
    flow: { name: 'late', type: 'diagnostic', data: {}, opts: { delay: 3_600_000 } },
  });
  expect((await api.post(`/api/flows/${late.body.flowIds[0]}/cancel`, {})).status).toBe(200);

  const file = await api.upload('table.csv', 'wait;what\n5;complete\nno;complete\n');
  expect((await api.get(`/api/files/${file.body.fileId}`)).status).toBe(200);
  const made = await api.post<ImportAnswer>('/api/imports', {
    type: 'diagnostic',
    fileIds: [file.body.fileId],
  });
  const table = made.body.import.id;
  await importOf(api, table, 'ready');
  const mapping = { durationMs: { from: 'column', column: 'wait' } };
  expect((await api.call('PATCH', `/api/imports/${table}`, { mapping })).status).toBe(200);
  expect((await api.post(`/api/imports/${table}/check`)).status).toBe(202);
  await importOf(api, table, 'checked');
  expect((await api.post(`/api/imports/${table}/stop`)).status).toBeLessThan(500);
  for (const format of ['json', 'csv', 'xlsx'])
    expect((await api.get(`/api/imports/${table}/issues?format=${format}`)).status, format).toBe(200);
  expect((await api.get('/api/imports')).status).toBe(200);
  expect((await api.post(`/api/imports/${table}/try`, { rows: 1, start: 'queue' })).status).toBe(201);
  expect((await api.call('PATCH', `/api/imports/${table}/rows`, { row: 2, cells: { wait: '7' } })).status).toBe(200);
  expect((await api.post(`/api/imports/${table}/launch`, { name: 'table', start: 'queue' })).status).toBe(202);
  const launched = await importOf(api, table, 'launched');
  await api.finished(must(launched.batchId, 'The batch that was launched'));
  expect((await api.call('DELETE', `/api/imports/${table}`)).status).toBe(200);
  const saved = await api.post<{ mapping: { id: string } }>('/api/import-mappings', {
    type: 'diagnostic',
    name: 'described',
    mapping,
  });
  expect((await api.get('/api/import-mappings')).status).toBe(200);
  expect((await api.call('DELETE', `/api/import-mappings/${saved.body.mapping.id}`)).status).toBe(200);

  const key = await api.post<{ apiKey: { id: string } }>('/api/api-keys', { name: 'described' });
  expect((await api.get('/api/api-keys')).status).toBe(200);
  expect((await api.call('DELETE', `/api/api-keys/${key.body.apiKey.id}`)).status).toBe(200);
  const secret = await api.post<{ secret: { id: string } }>('/api/secrets', {
    name: 'DESCRIBED',
    value: 'a-long-secret',
    hosts: ['example.org'],
  });
  expect((await api.get('/api/secrets')).status).toBe(200);
  expect((await api.call('DELETE', `/api/secrets/${secret.body.secret.id}`)).status).toBe(200);

  expect((await api.get('/api/search?q=anything')).status).toBe(200);
  expect((await api.post('/api/doctor/resume', { queue: 'nothing' })).status).toBe(404);
  // The only machine takes work for other journeys too, so none is drained here.
  for (const act of ['drain', 'resume']) expect((await api.post(`/api/workers/999999/${act}`)).status, act).toBe(404);
  for (const act of ['pause-all', 'resume-all']) expect((await api.post(`/api/${act}`, {})).status, act).toBe(200);
  for (const path of ['/metrics', '/api/health/live', '/api/health/ready'])
    expect((await api.get(path)).status, path).toBe(200);
  (await api.events()).close();
  await callBulkActions(api, batch);
  await callSchedules(api);
  await callDeadLetters(api);
  await callViews(api);
  await callNotifications(api);
  await callTeam(api);

  const { met, operations } = await checkOf(running);
  expect(operations.filter((operation) => !met.has(operation))).toEqual([]);
});
