import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import type { Handler } from '@/lib/http/route';
import { AnswerCheck } from '@/lib/testing/answer-check';

process.env.MAX_ACTIVE_BATCHES = '1';

const { pool } = await import('@/lib/db/pool');
const { createApiKey } = await import('@/lib/domain/auth/create-api-key');
const { createContext } = await import('@/lib/testing/factories');
const { openApiDocument } = await import('@/lib/http/openapi/document');

const check = new AnswerCheck(openApiDocument());

// Tests launches through the route files, against a real database and queue. No workers run.
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
  const { status, headers: answered } = response;
  const body = await response.text();
  const asked = path.replace('[id]', init.id ?? '');
  const contentType = answered.get('content-type');
  expect(check.differs({ method, path: `/api/${asked}`, status, contentType, body })).toBeUndefined();
  return { status, headers: answered, json: parseJson(body) as Answer['json'] };
}

const launch = (fields: object, headers: Record<string, string> = {}) =>
  call('POST', 'batches', {
    body: JSON.stringify({ name: 'n', type: 'diagnostic', items: [{}, { payload: 1 }], ...fields }),
    headers: { 'content-type': 'application/json', ...headers },
  });

const stream = (type: string, body: string, fields: object = {}, idempotencyKey?: string) =>
  call(
    'POST',
    `batches?batch=${encodeURIComponent(JSON.stringify({ name: 'n', type: 'diagnostic', start: 'manual', ...fields }))}`,
    {
      body,
      headers: { 'content-type': type, ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}) },
    },
  );

const start = (id: unknown) => call('POST', 'jobs/process/all/[id]', { id: String(id) });
const batches = async () => Number((await pool().query('select count(*)::int as n from batch')).rows[0].n);

describe('a launch', () => {
  it('is 201, and the same one for the same idempotency key', async () => {
    const first = await launch({}, { 'idempotency-key': 'k' });
    expect(first).toMatchObject({ status: 201, json: { enqueuedCount: 2, status: 'in-progress' } });
    expect(first.json.parentJobId).toBe(first.json.batchId);
    expect(await launch({}, { 'idempotency-key': 'k' })).toMatchObject({
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

describe('an idempotency key', () => {
  const post = (path: string, body: unknown, id?: string) =>
    call('POST', path, {
      ...(id ? { id } : {}),
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
    });
  const REUSED = { status: 422, json: { code: 'idempotency-key-reused' } };

  it('gives the same job for the same request and is refused for any other, also for one that is wrong', async () => {
    const body = { type: 'diagnostic', data: {} };
    const first = await post('jobs', body);
    expect(first).toMatchObject({ status: 201 });
    expect(await post('jobs', body)).toMatchObject({ status: 200, json: { jobId: first.json.jobId } });
    for (const other of [
      { type: 'diagnostic', data: { payload: 1 } },
      { type: 'diagnostic', data: { outcome: 'nonsense' } },
      { type: 'diagnostic', data: {}, unknown: true },
      { type: 'nothing', data: {} },
      '{ not json',
      '',
    ]) {
      expect(await post('jobs', other)).toMatchObject(REUSED);
    }
    await pool().query('update job set idempotency_hash = null');
    expect(await post('jobs', { ...body, priority: 1 })).toMatchObject({
      status: 200,
      json: { jobId: first.json.jobId },
    });
  });

  it('knows a child, a flow and added items again', async () => {
    const { batchId } = (await launch({ sealed: false, start: 'manual' })).json;
    const child = { type: 'diagnostic', data: {}, parentJobId: batchId };
    const flow = { flow: { name: 'f', type: 'diagnostic' } };
    const items = { items: [{}, {}] };
    for (const [path, body, other, id] of [
      ['jobs', child, { ...child, priority: 2 }, undefined],
      ['flows', flow, { flow: { ...flow.flow, name: 'g' } }, undefined],
      ['flows', flow, { flow: { name: 'g', type: 'nothing' } }, undefined],
      ['batches/[id]/items', items, { items: [{}] }, String(batchId)],
      ['batches/[id]/items', items, { items: [{ wrong: 1 }] }, String(batchId)],
      ['batches/[id]/items', items, { items: [] }, String(batchId)],
    ] as const) {
      expect([200, 201]).toContain((await post(path, body, id)).status);
      expect(await post(path, body, id)).toMatchObject({ status: 200 });
      expect(await post(path, other, id)).toMatchObject(REUSED);
    }
    const { rows } = await pool().query('select total from batch where id = $1', [batchId]);
    expect(rows[0].total).toBe(5);
  });

  it.each([
    [
      'application/x-ndjson',
      '{"payload":1}\n{"payload":2}\n',
      '{"payload":1}\n{"payload":3}\n',
      '{"payload":1}\nbroken\n',
    ],
    ['text/csv', 'payload\n1\n2\n', 'payload\n1\n3\n', 'payload,payload\n1,2\n'],
  ])('hashes a streamed %s as it is read', async (type, body, other, wrong) => {
    const first = await stream(type, body, {}, 's');
    expect(first).toMatchObject({ status: 201, json: { enqueuedCount: 2 } });
    expect(await stream(type, body, {}, 's')).toMatchObject({ status: 200, json: { batchId: first.json.batchId } });
    for (const next of [other, wrong, '', body + body]) expect(await stream(type, next, {}, 's')).toMatchObject(REUSED);
    expect(await stream(type, body, { priority: 'high' }, 's')).toMatchObject(REUSED);
    expect(await stream(type, body, { metadata: { other: true } }, 's')).toMatchObject(REUSED);
  });

  it('lets one of two different requests through that come at once, and is free again after a refusal', async () => {
    const two = await Promise.all([1, 2].map((n) => stream('text/csv', `payload\n${n}\n`, {}, 'race')));
    expect(two.map((a) => a.status).sort()).toEqual([201, 422]);
    expect(await launch({ items: [{ outcome: 'nonsense' }] }, { 'idempotency-key': 'free' })).toMatchObject({
      json: { code: 'invalid-items' },
    });
    expect(await launch({ start: 'manual' }, { 'idempotency-key': 'free' })).toMatchObject({ status: 201 });
  });
});

describe('metadata', () => {
  const job = (metadata: string) =>
    call('POST', 'jobs', {
      body: `{"type":"diagnostic","data":{},"metadata":${metadata}}`,
      headers: { 'content-type': 'application/json' },
    });

  it('is bounded in every kind of body: bytes of UTF-8, and keys at all depths', async () => {
    const heavy = { x: 'é'.repeat(8_200) };
    const wide = { list: [Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]))] };
    for (const metadata of [heavy, wide]) {
      const refused = { status: 422, json: { code: 'invalid-metadata', errors: [{ path: 'metadata' }] } };
      expect(await job(JSON.stringify(metadata))).toMatchObject(refused);
      expect(await launch({ metadata })).toMatchObject(refused);
      expect(await stream('text/csv', 'payload\n1\n', { metadata })).toMatchObject(refused);
      expect(await stream('application/x-ndjson', '{}', { metadata })).toMatchObject(refused);
    }
    const most = { x: 'x'.repeat(16_384 - 8), ...{} };
    expect(Buffer.byteLength(JSON.stringify(most))).toBe(16_384);
    expect(await job(JSON.stringify(most))).toMatchObject({ status: 201, json: { job: { metadata: most } } });
    const { list } = wide;
    delete (list[0] as Record<string, number>).k99;
    expect(await launch({ metadata: { list }, start: 'manual' })).toMatchObject({ status: 201 });
    expect(await job('[1]')).toMatchObject({ status: 400, json: { errors: [{ path: 'metadata' }] } });
  });

  it('keeps keys whatever they are called', async () => {
    const text = '{"__proto__":{"admin":true},"constructor":{"prototype":1},"a":{"__proto__":2},"id":9007199254740993}';
    const { status, json } = await job(text);
    expect(status).toBe(201);
    expect(stringifyJson((json.job as { metadata: unknown }).metadata)).toBe(text);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    const { rows } = await pool().query('select metadata::text as text from job order by id desc limit 1');
    expect(rows[0].text).toBe(text);
    const { json: launched } = await stream('text/csv', 'payload\n1\n', { metadata: JSON.parse('{"__proto__":1}') });
    const { rows: found } = await pool().query('select metadata::text as text from batch where id = $1', [
      launched.batchId,
    ]);
    expect(found[0].text).toBe('{"__proto__":1}');
  });
});

it.each(['import', 'callback'])('jobs of type %s are not made from outside', async (type) => {
  const refused = {
    status: 400,
    json: { code: 'unknown-job-type', detail: expect.stringContaining('the product itself') },
  };
  const headers = { 'content-type': 'application/json' };
  const data = type === 'import' ? { importId: crypto.randomUUID(), revision: 1, name: 'x' } : { topic: 'x' };
  expect(await call('POST', 'jobs', { body: JSON.stringify({ type, data }), headers })).toMatchObject(refused);
  expect(await launch({ type, items: [data] })).toMatchObject(refused);
  expect(await stream('text/csv', 'topic\nx\n', { type })).toMatchObject(refused);
  const { batchId } = (await launch({ sealed: false, start: 'manual' })).json;
  const child = { type, data, parentJobId: batchId };
  expect(await call('POST', 'jobs', { body: JSON.stringify(child), headers })).toMatchObject(refused);
  await pool().query('update batch set type = $2 where id = $1', [batchId, type]);
  const more = { id: String(batchId), body: JSON.stringify({ items: [data] }), headers };
  expect(await call('POST', 'batches/[id]/items', more)).toMatchObject(refused);
  const flow = { flow: { name: 'f', type, data } };
  expect(await call('POST', 'flows', { body: JSON.stringify(flow), headers })).toMatchObject({
    status: 400,
    json: { code: 'unknown-job-type' },
  });
});
