import { beforeAll, expect, it, vi } from 'vitest';
import { GET, PUT } from '@/app/api/admin/queues/[...path]/route';
import { RedisAway } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import * as queueBoard from '@/lib/queue/board';
import { queueOf } from '@/lib/queue/queues';
import { createContext } from '@/lib/testing/factories';

let context: Context;
let admin: string;
let member: string;

beforeAll(async () => {
  context = await createContext();
  const created = await createApiKey(context, { name: 'system', role: 'admin' });
  admin = created.key;
  await pool().query('update api_key set system_admin = true where id = $1', [created.apiKey.id]);
  member = (await createApiKey(context, { name: 'member', role: 'operator' })).key;
});

const ask = (
  path: string,
  headers: Record<string, string> = { authorization: `Bearer ${admin}` },
  handler = GET,
  method = 'GET',
) =>
  handler(new Request(`http://localhost:3000/api/admin/queues/${path}`, { method, headers }), {
    params: Promise.resolve({ path: path.split('?')[0]?.split('/') }),
  });

it('is limited to system administrators', async () => {
  expect((await ask('board', { authorization: `Bearer ${member}` })).status).toBe(403);
  expect((await ask('board', {})).status).toBe(401);
  const browser = await ask('board', { accept: 'text/html,*/*' });
  expect(browser.status).toBe(302);
  expect(browser.headers.get('location')).toBe('/sign-in?next=%2Fadmin%2Fqueues');
});

it('serves its page and files under its own policy, and requests nothing from other sites', async () => {
  const page = await ask('board');
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
  const html = await page.text();
  expect(html).toContain('<base href="/admin/queues/"');
  expect(html).not.toMatch(/https?:\/\//);
  expect(html).not.toContain('<%');
  const script = /src="(static\/js\/main[^"]+)"/.exec(html)?.[1] ?? '';
  const file = await ask(script);
  expect(file.headers.get('content-type')).toMatch(/javascript/);
  expect((await file.arrayBuffer()).byteLength).toBe(Number(file.headers.get('content-length')));
  expect((await ask('static/../index.ejs')).status).toBe(404);
  expect((await ask('queue/diagnostic')).headers.get('content-type')).toMatch(/^text\/html/);
});

it('shows every queue and its deliveries, without their data', async () => {
  const { job } = await createJob(context, { type: 'diagnostic', data: { payload: 'secret' }, delayMs: 3_600_000 });
  await queueOf('diagnostic').add('foreign', { payload: 'secret' } as never, { delay: 3_600_000 });
  const overview = (await (
    await ask('api/queues?activeQueue=diagnostic&status=delayed&page=1&jobsPerPage=10')
  ).json()) as {
    queues: { name: string; readOnlyMode: boolean; counts: Record<string, number>; jobs: { id: string }[] }[];
  };
  const names = overview.queues.map((q) => q.name);
  expect(names).toEqual(expect.arrayContaining(['diagnostic', 'document-processing', 'quarantine']));
  const queue = overview.queues.find((q) => q.name === 'diagnostic');
  expect(queue).toMatchObject({ readOnlyMode: true, counts: { delayed: 2 } });
  expect(queue?.jobs.map((j) => j.id)).toContain(job.id);
  const one = await ask(`api/queues/diagnostic/${job.id}`);
  expect(JSON.stringify(await one.json())).toContain(`"jobId":"${job.id}"`);
  expect(JSON.stringify(overview)).not.toContain('secret');
});

it('changes nothing unless an operator allows it', async () => {
  const answer = await ask('api/queues/diagnostic/pause', undefined, PUT, 'PUT');
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('QUEUE_BOARD') });
  expect(await queueOf('diagnostic').isPaused()).toBe(false);
});

it('answers a browser with a page that reloads while the queue does not answer, and programs with the error', async () => {
  const spy = vi.spyOn(queueBoard, 'boardServer').mockImplementation(() => {
    throw new RedisAway('Redis is away');
  });
  const page = await ask('board', { authorization: `Bearer ${admin}`, accept: 'text/html,*/*' });
  const data = await ask('api/queues', { authorization: `Bearer ${admin}`, accept: 'application/json' });
  spy.mockRestore();
  expect(page.status).toBe(503);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  const html = await page.text();
  const nonce = /<script nonce="([^"]+)">/.exec(html)?.[1];
  expect(page.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`);
  expect(html).toContain('This page reloads automatically.');
  expect(html).toContain('href="/"');
  expect(data.status).toBe(503);
  expect(data.headers.get('content-type')).toBe('application/problem+json');
});
