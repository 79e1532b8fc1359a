import { checkOf } from '@/e2e/support/answers';
import type { Api } from '@/e2e/support/api';
import { newPerson } from '@/e2e/support/new-person';
import { expect, test } from '@/e2e/support/test';
import type { ImportAnswer, ImportDto } from '@/lib/contracts/import';
import { must } from '@/lib/contracts/must';
import { startHookReceiver } from '@/lib/testing/hook-receiver';
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

async function callSchedules(api: Api): Promise<void> {
  const body = { name: 'described', cron: '0 2 * * *', timeZone: 'Europe/Berlin' };
  const launch = { job: { type: 'diagnostic', data: {} } };
  const made = await api.post<{ schedule: { id: string } }>('/api/schedules', { ...body, launch });
  expect(made.status).toBe(201);
  const schedule = `/api/schedules/${made.body.schedule.id}`;
  expect((await api.post('/api/schedules/preview', { ...body, count: 2 })).status).toBe(200);
  const items = { type: 'diagnostic', query: 'status:failed created:>1h' };
  expect((await api.post('/api/schedules/preview-items', items)).status).toBe(200);
  expect((await api.call('PATCH', schedule, { paused: true })).status).toBe(200);
  expect((await api.post(`${schedule}/run`, {})).status).toBe(201);
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z' };
  expect((await api.post(`${schedule}/backfill`, { ...range, dry: true })).status).toBe(200);
  expect((await api.post(`${schedule}/backfill`, range)).status).toBe(201);
  for (const path of ['/api/schedules', schedule, `${schedule}/firings`, `${schedule}/activity`])
    expect((await api.get(path)).status, path).toBe(200);
  // Refused while one of its firings is being launched.
  await eventually(
    'the schedule is deleted',
    () => api.call('DELETE', schedule),
    ({ status }) => status === 200,
  );
}

async function callBulkActions(api: Api, batchId: string): Promise<void> {
  const body = { action: 'discard', query: `batch:${batchId} status:failed`, note: 'described', dry: true };
  const estimate = await api.post<{ token: string }>('/api/bulk-actions', body);
  expect(estimate.status).toBe(200);
  const { token } = estimate.body;
  expect((await api.post('/api/bulk-actions', { token })).status).toBe(201);
  expect((await api.post('/api/bulk-actions', { token })).status).toBe(200);
  const action = `/api/bulk-actions/${token}`;
  for (const path of ['/api/bulk-actions', action, `${action}/jobs`])
    expect((await api.get(path)).status, path).toBe(200);
  // It may have ended already.
  expect([200, 409]).toContain((await api.post(`${action}/abort`, {})).status);
}

/** Calls everything about people, keys, limits and the log, with an organization and a person of its own. */
async function callTeam(api: Api): Promise<void> {
  const made = await api.post<{ organization: { id: string } }>('/api/organizations', { name: 'Described' });
  expect(made.status).toBe(201);
  const organization = `/api/organizations/${made.body.organization.id}`;
  expect((await api.get('/api/organizations')).status).toBe(200);
  // The key belongs to another one, so this one is out of its reach.
  expect((await api.call('PATCH', organization, { name: 'Described anew' })).status).toBe(404);
  expect((await api.post(`${organization}/switch`)).status).toBeGreaterThanOrEqual(400);
  expect((await api.call('DELETE', organization)).status).toBe(404);

  const { email } = await newPerson(api, 'viewer');
  const { body } = await api.get<{ members: { id: string; email: string }[] }>('/api/members');
  const member = `/api/members/${body.members.find((one) => one.email === email)?.id}`;
  expect((await api.call('PATCH', member, { role: 'operator' })).status).toBe(200);
  expect((await api.call('DELETE', member)).status).toBe(200);
  const invited = await api.post<{ invitation: { id: string } }>('/api/invitations', { email, role: 'viewer' });
  expect((await api.get('/api/invitations')).status).toBe(200);
  expect((await api.call('DELETE', `/api/invitations/${invited.body.invitation.id}`)).status).toBe(200);

  const { body: key } = await api.post<{ apiKey: { id: string } }>('/api/api-keys', { name: 'described anew' });
  expect((await api.call('PATCH', `/api/api-keys/${key.apiKey.id}`, { name: 'renamed' })).status).toBe(200);
  expect((await api.post(`/api/api-keys/${key.apiKey.id}/rotate`, {})).status).toBe(200);
  expect((await api.call('DELETE', `/api/api-keys/${key.apiKey.id}`)).status).toBe(200);

  for (const path of ['limits', 'settings', 'redaction', 'privacy/exports'])
    expect((await api.get(`/api/${path}`)).status, path).toBe(200);
  const { body: settings } = await api.get<{ redaction: object }>('/api/redaction');
  expect((await api.call('PUT', '/api/redaction', settings.redaction)).status).toBe(200);
  expect((await api.call('PUT', '/api/limits', { limits: {} })).status).toBe(200);
  expect((await api.call('PATCH', '/api/settings', {})).status).toBe(400);

  const { body: people } = await api.get<{ users: { id: string; email: string }[] }>(
    `/api/users?q=${encodeURIComponent(email)}`,
  );
  const deletion = `/api/users/${people.users[0]?.id}/deletion`;
  expect((await api.get(deletion)).status).toBe(200);
  expect((await api.post(deletion, { email: 'another@example.org' })).status).toBe(422);
  expect((await api.post(deletion, { email })).status).toBe(201);
  expect((await api.get(deletion)).status).toBe(404);
  expect((await api.get('/api/account/deletion')).status).toBe(403);

  // A key is no person: it has no data of its own, no session and no password.
  const passwords = { currentPassword: 'not this one', newPassword: 'nor this one, really' };
  const refused: [string, string, object?][] = [
    ['POST', '/api/privacy/exports', { of: 'me' }],
    ['POST', '/api/account/deletion', { email }],
    ['DELETE', '/api/sessions/none'],
    ['POST', '/api/auth/change-password', passwords],
    ['POST', '/api/auth/reauthenticate', { password: 'not this one' }],
    ['POST', '/api/auth/reset-password', { token: 'used long ago', newPassword: 'nor this one, really' }],
    ['POST', '/api/auth/request-password-reset', { email }],
  ];
  for (const [method, path, sent] of refused) {
    const { status } = await api.call(method, path, sent);
    expect(status, path).toBeGreaterThanOrEqual(400);
    expect(status, path).toBeLessThan(500);
  }
  for (const method of ['GET', 'DELETE']) expect((await api.call(method, '/api/sessions')).status).toBeLessThan(500);
}

/** Calls each operation of dead letters. */
async function callDeadLetters(api: Api): Promise<void> {
  expect((await api.get('/api/dead-letters?groupBy=batch&query=finished:%3E1h')).status).toBe(200);
  expect((await api.get('/api/dead-letters?groupBy=color')).status).toBe(422);
  expect((await api.get('/api/dead-letters/count')).status).toBe(200);
}

/** Calls each operation of saved views. */
async function callViews(api: Api): Promise<void> {
  const saved = await api.post<{ view: { id: string } }>('/api/views', { name: 'v', of: 'flows', query: 'is:dead' });
  expect(saved.status).toBe(201);
  const address = `/api/views/${saved.body.view.id}`;
  expect((await api.call('PATCH', address, { query: 'status:failed', position: 0 })).status).toBe(200);
  expect((await api.get('/api/views?of=flows&counts=true')).status).toBe(200);
  expect((await api.call('DELETE', address)).status).toBe(200);
}

/** Calls each operation of channels, rules and deliveries. */
async function callNotifications(api: Api): Promise<void> {
  const receiver = await startHookReceiver();
  const config = { url: receiver.url };
  const made = await api.post<{ channel: { id: string } }>('/api/channels', { kind: 'webhook', name: 'c', config });
  expect(made.status).toBe(201);
  const address = `/api/channels/${made.body.channel.id}`;
  const tested = await api.post<{ delivery: { id: string } }>(`${address}/test`);
  expect(tested.status).toBe(200);
  expect((await api.post(`/api/deliveries/${tested.body.delivery.id}/redeliver`)).status).toBe(200);
  const rule = { name: 'r', on: ['batch.failed'], query: 'name:described', channelIds: [made.body.channel.id] };
  const ruled = await api.post<{ rule: { id: string } }>('/api/notification-rules', rule);
  expect(ruled.status).toBe(201);
  const ruleAddress = `/api/notification-rules/${ruled.body.rule.id}`;
  expect((await api.call('PATCH', ruleAddress, { enabled: false })).status).toBe(200);
  for (const path of ['/api/channels', '/api/notification-rules', '/api/deliveries?limit=5'])
    expect((await api.get(path)).status, path).toBe(200);
  expect((await api.post('/api/signing-secret')).status).toBe(201);
  expect((await api.call('DELETE', ruleAddress)).status).toBe(200);
  expect((await api.call('PATCH', address, { name: 'd' })).status).toBe(200);
  expect((await api.call('DELETE', address)).status).toBe(200);
  await receiver.close();
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
