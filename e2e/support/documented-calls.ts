import { expect } from '@playwright/test';
import { startHookReceiver } from '@/lib/testing/hook-receiver';
import { eventually } from '@/lib/testing/until';
import type { Api } from './api';
import { newPerson } from './new-person';

// Calls of whole families of operations, for the journey that checks every answer against the OpenAPI document.

/** Calls each operation of schedules. */
export async function callSchedules(api: Api): Promise<void> {
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

/** Calls each operation of bulk actions. */
export async function callBulkActions(api: Api, batchId: string): Promise<void> {
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
export async function callTeam(api: Api): Promise<void> {
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
export async function callDeadLetters(api: Api): Promise<void> {
  expect((await api.get('/api/dead-letters?groupBy=batch&query=finished:%3E1h')).status).toBe(200);
  expect((await api.get('/api/dead-letters?groupBy=color')).status).toBe(422);
  expect((await api.get('/api/dead-letters/count')).status).toBe(200);
}

/** Calls each operation of saved views. */
export async function callViews(api: Api): Promise<void> {
  const saved = await api.post<{ view: { id: string } }>('/api/views', { name: 'v', of: 'flows', query: 'is:dead' });
  expect(saved.status).toBe(201);
  const address = `/api/views/${saved.body.view.id}`;
  expect((await api.call('PATCH', address, { query: 'status:failed', position: 0 })).status).toBe(200);
  expect((await api.get('/api/views?of=flows&counts=true')).status).toBe(200);
  expect((await api.call('DELETE', address)).status).toBe(200);
}

/** Calls each operation of channels, rules and deliveries. */
export async function callNotifications(api: Api): Promise<void> {
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
