import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Handler } from '@/lib/http/route';

process.env.MAX_ACTIVE_BATCHES = '1';

const { pool } = await import('@/lib/db');
const { createApiKey } = await import('@/lib/domain/auth');
const { createContext } = await import('@/lib/testing');

// The launch part of the contract, through the very route files, against a real database and queue; no workers run.
let key = '';

beforeEach(async () => {
  await pool().query("update batch set status = 'cancelled', finished_at = now()");
  ({ key } = await createApiKey(await createContext(), { name: 'test', role: 'admin' }));
});

interface Answer {
  status: number;
  headers: Headers;
  json: Record<string, unknown> & { errors?: { row?: number; path: string }[] };
}

async function call(method: string, path: string, init: RequestInit & { id?: string } = {}): Promise<Answer> {
  const file = join(process.cwd(), 'app/api', path.split('?', 1)[0] ?? '', 'route.ts');
  const handler = ((await import(file)) as Record<string, Handler>)[method];
  if (!handler) throw new Error(`${method} is not in ${file}`);
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${key}`);
  const request = new Request(`http://localhost/api/${path}`, { ...init, method, headers });
  const response = await handler(request, { params: Promise.resolve({ id: init.id }) });
  return { status: response.status, headers: response.headers, json: (await response.json()) as Answer['json'] };
}

const launch = (fields: object, headers: Record<string, string> = {}) =>
  call('POST', 'batches', {
    body: JSON.stringify({ name: 'n', type: 'diagnostic', items: [{}, { payload: 1 }], ...fields }),
    headers: { 'content-type': 'application/json', ...headers },
  });

const stream = (type: string, body: string, fields: object = {}) =>
  call(
    'POST',
    `batches?batch=${encodeURIComponent(JSON.stringify({ name: 'n', type: 'diagnostic', start: 'manual', ...fields }))}`,
    {
      body,
      headers: { 'content-type': type },
    },
  );

const start = (id: unknown) => call('POST', 'jobs/process/all/[id]', { id: String(id) });
const batches = async () => Number((await pool().query('select count(*)::int as n from batch')).rows[0].n);

describe('a launch', () => {
  it('is 201, and the same one for the same idempotency key', async () => {
    const first = await launch({}, { 'idempotency-key': 'k' });
    expect(first).toMatchObject({ status: 201, json: { enqueuedCount: 2, status: 'in-progress' } });
    expect(first.json.parentJobId).toBe(first.json.batchId);
    expect(await launch({ items: [{}] }, { 'idempotency-key': 'k' })).toMatchObject({
      status: 200,
      json: { batchId: first.json.batchId },
    });
  });

  it('is 429 without capacity and creates nothing; it can wait in line instead', async () => {
    const first = await launch({});
    const before = await batches();
    const refused = await launch({});
    expect(refused).toMatchObject({ status: 429, json: { code: 'capacity-reached' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await batches()).toBe(before);
    const queued = await launch({ start: 'queue' });
    expect(queued).toMatchObject({ status: 201, json: { status: 'pending' } });
    expect(await start(queued.json.batchId)).toMatchObject({ status: 429, json: { code: 'capacity-reached' } });
    expect(await start(first.json.batchId)).toMatchObject({ status: 202, json: { batchId: first.json.batchId } });
  });

  it('is 202 while the batch of its unique key is unfinished', async () => {
    const first = await launch({ uniqueKey: 'u' });
    expect(await launch({ uniqueKey: 'u' })).toMatchObject({ status: 202, json: { batchId: first.json.batchId } });
  });

  it('can be started later, once', async () => {
    const manual = await launch({ start: 'manual' });
    expect(await start(manual.json.batchId)).toMatchObject({ status: 200, json: { status: 'in-progress' } });
    expect(await start(manual.json.batchId)).toMatchObject({ status: 202 });
    await pool().query("update batch set status = 'completed', completed = total, finished_at = now() where id = $1", [
      manual.json.batchId,
    ]);
    expect(await start(manual.json.batchId)).toMatchObject({ status: 409, json: { code: 'nothing-to-process' } });
    expect(await start('nothing')).toMatchObject({ status: 404 });
  });

  it('of NDJSON or CSV stores every item in order', async () => {
    const lines = Array.from({ length: 2_500 }, (_, i) => JSON.stringify({ payload: i })).join('\n');
    const ndjson = await stream('application/x-ndjson', lines);
    expect(ndjson).toMatchObject({ status: 201, json: { enqueuedCount: 2_500, status: 'pending' } });
    const csv = await stream('text/csv', '\uFEFFdurationMs,payload\r\n5,"a\nb"\r\n,"{""x"":1}"\r\n');
    expect(csv).toMatchObject({ status: 201, json: { enqueuedCount: 2 } });
    const { rows } = await pool().query('select data from job where batch_id = $1 order by item_index', [
      csv.json.batchId,
    ]);
    expect(rows).toEqual([{ data: { durationMs: 5, payload: 'a\nb' } }, { data: { payload: { x: 1 } } }]);
  });
});

describe('items that come later', () => {
  const add = (id: unknown, body: string, headers: Record<string, string> = {}, query = '') =>
    call('POST', `batches/[id]/items${query}`, {
      id: String(id),
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('are added as JSON, NDJSON or CSV until the batch is sealed', async () => {
    const { json } = await launch({ sealed: false, items: [] });
    expect(json).toMatchObject({ enqueuedCount: 0, status: 'pending' });
    const id = json.batchId;
    expect(await add(id, '{"items":[{}]}')).toMatchObject({ status: 201, json: { added: 1, total: 1, sealed: false } });
    expect(await add(id, '{}\n{"payload":2}', { 'content-type': 'application/x-ndjson' })).toMatchObject({
      status: 201,
      json: { added: 2, total: 3 },
    });
    const key = { 'content-type': 'text/csv', 'idempotency-key': 'more' };
    expect(await add(id, 'payload\na', key, '?seal=true')).toMatchObject({
      status: 201,
      json: { total: 4, sealed: true },
    });
    expect(await add(id, 'payload\na', key, '?seal=true')).toMatchObject({ status: 200, json: { added: 1, total: 4 } });
    expect(await add(id, '{"items":[{}]}')).toMatchObject({ status: 409, json: { code: 'batch-sealed' } });
  });

  it('come one child at a time too, made in their parent or registered later', async () => {
    const { json } = await launch({ sealed: false, announcedItems: 2, items: [], correlationId: 'trace' });
    const headers = { 'content-type': 'application/json' };
    const create = (body: object) => call('POST', 'jobs', { body: JSON.stringify({ data: {}, ...body }), headers });
    const made = await create({ type: 'diagnostic', parentJobId: json.batchId });
    expect(made).toMatchObject({ status: 201, json: { job: { parentJobId: json.batchId, correlationId: 'trace' } } });
    const single = await create({ type: 'diagnostic' });
    const register = () =>
      call('POST', 'batches/[id]/children', {
        id: String(json.batchId),
        body: JSON.stringify({ jobId: single.json.jobId }),
        headers,
      });
    expect(await register()).toMatchObject({
      status: 200,
      json: { registered: true, batch: { total: 2, sealed: true } },
    });
    expect(await register()).toMatchObject({ status: 200, json: { registered: false, batch: { total: 2 } } });
    const late = await create({ type: 'diagnostic', parentJobId: json.batchId });
    expect(late).toMatchObject({ status: 409, json: { code: 'batch-sealed' } });
    expect(await call('GET', 'batches/[id]/status', { id: String(json.batchId) })).toMatchObject({
      json: { completed: 0, failed: 0, total: 2 },
    });
  });

  it('are refused with row and path, and nothing is added', async () => {
    const { json } = await launch({ sealed: false, items: [], announcedItems: 2 });
    const id = json.batchId;
    expect(await add(id, '{"items":[{},{"durationMs":"x"}]}')).toMatchObject({
      status: 422,
      json: { code: 'invalid-items', errors: [{ row: 2, path: 'durationMs' }] },
    });
    expect(await add(id, '{"items":[]}')).toMatchObject({ status: 400, json: { code: 'empty-batch' } });
    expect(await add(id, '{"items":[{}],"more":1}')).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
    expect(await add(id, '{"items":[{},{},{}]}')).toMatchObject({ status: 409, json: { code: 'batch-sealed' } });
    expect(await add('nothing', '{"items":[{}]}')).toMatchObject({ status: 404 });
    expect(await call('POST', 'batches/[id]/seal', { id: String(id) })).toMatchObject({
      status: 200,
      json: { batch: { sealed: true, status: 'completed', total: 0 } },
    });
    expect(await launch({ announcedItems: 2 })).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });
});

describe('a refused launch', () => {
  const cases: [number, string, () => Promise<Answer>][] = [
    [400, 'unknown-job-type', () => launch({ type: 'nothing' })],
    [400, 'unknown-job-type', () => stream('text/csv', 'a\n1', { type: 'nothing' })],
    [400, 'empty-batch', () => launch({ items: [] })],
    [400, 'empty-batch', () => stream('text/csv', 'payload\n')],
    [400, 'invalid-request', () => launch({ sort: 1 })],
    [400, 'invalid-request', () => launch({ options: { concurrency: -1 } })],
    [400, 'invalid-request', () => launch({ options: { ratePerMinute: 1e-300 } })],
    [400, 'invalid-request', () => call('POST', 'batches', { body: 'a', headers: { 'content-type': 'text/csv' } })],
    [422, 'invalid-items', () => launch({ items: [{}, { durationMs: 'x' }] })],
    [422, 'invalid-items', () => stream('application/x-ndjson', '{}\n{"payload":}\n')],
    [422, 'invalid-items', () => stream('text/csv', 'durationMs\n1\nx\n')],
    [422, 'invalid-items', () => stream('text/csv', 'payload\na\n"b\n')],
  ];

  it.each(cases)('answers %i %s and stores nothing', async (status, code, attempt) => {
    const before = await batches();
    const answer = await attempt();
    expect(answer).toMatchObject({ status, json: { status, code } });
    if (status === 422) expect(answer.json.errors?.[0]?.row).toBe(2);
    expect(await batches()).toBe(before);
  });
});
