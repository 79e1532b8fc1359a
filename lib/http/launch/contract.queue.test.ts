import { describe, expect, it } from 'vitest';
import type { Answer } from '@/lib/testing/call-route';

process.env.MAX_ACTIVE_BATCHES = '1';

const { pool } = await import('@/lib/db/pool');
const { call, launch, stream } = await import('@/lib/testing/call-route');

const start = (id: unknown) => call('POST', 'jobs/process/all/[id]', { id: String(id) });
const batches = async () => Number((await pool().query('select count(*)::int as n from batch')).rows[0].n);

describe('a launch', () => {
  it('answers 201, and returns the same batch for the same idempotency key', async () => {
    const first = await launch({}, { 'idempotency-key': 'k' });
    expect(first).toMatchObject({ status: 201, json: { enqueuedCount: 2, status: 'in-progress' } });
    expect(first.json.parentJobId).toBe(first.json.batchId);
    expect(await launch({}, { 'idempotency-key': 'k' })).toMatchObject({
      status: 200,
      json: { batchId: first.json.batchId },
    });
  });

  it('answers 429 without capacity and creates nothing, and can be queued instead', async () => {
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

  it('answers 202 while the batch of its unique key is unfinished', async () => {
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

describe('items that are added later', () => {
  const add = (id: unknown, body: string, headers: Record<string, string> = {}, query = '') =>
    call('POST', `batches/[id]/items${query}`, {
      id: String(id),
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('are accepted as JSON, NDJSON or CSV until the batch is sealed', async () => {
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

  it('may be single children, created in their parent or registered later', async () => {
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

it.each(['import', 'callback'])('jobs of type %s cannot be created through the API', async (type) => {
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
