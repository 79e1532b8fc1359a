import { describe, expect, it } from 'vitest';
import { stringifyJson } from '@/lib/contracts/json';

process.env.MAX_ACTIVE_BATCHES = '1';

const { pool } = await import('@/lib/db/pool');
const { call, launch, stream } = await import('@/lib/testing/call-route');

describe('an idempotency key', () => {
  const post = (path: string, body: unknown, id?: string) =>
    call('POST', path, {
      ...(id ? { id } : {}),
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
    });
  const REUSED = { status: 422, json: { code: 'idempotency-key-reused' } };

  it('returns the same job for the same request, and is refused for any other, also for an invalid one', async () => {
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

  it('can’t be that of a firing of a schedule, so that no firing adopts the launch of somebody else', async () => {
    const key = (id: string) => ({ 'idempotency-key': `schedule:${id}:2031-01-01T00:00:00.000Z` });
    for (const id of ['01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-00000000000A']) {
      expect(await launch({}, key(id))).toMatchObject({ status: 422, json: { code: 'idempotency-key-reused' } });
    }
    expect(await launch({ start: 'manual' }, key('nightly'))).toMatchObject({ status: 201 });
  });

  it('recognizes a child, a flow and added items', async () => {
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
  ])('hashes a streamed %s while it is read', async (type, body, other, wrong) => {
    const first = await stream(type, body, {}, 's');
    expect(first).toMatchObject({ status: 201, json: { enqueuedCount: 2 } });
    expect(await stream(type, body, {}, 's')).toMatchObject({ status: 200, json: { batchId: first.json.batchId } });
    for (const next of [other, wrong, '', body + body]) expect(await stream(type, next, {}, 's')).toMatchObject(REUSED);
    expect(await stream(type, body, { priority: 'high' }, 's')).toMatchObject(REUSED);
    expect(await stream(type, body, { metadata: { other: true } }, 's')).toMatchObject(REUSED);
  });

  it('admits one of two different simultaneous requests, and is free again after a refusal', async () => {
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

  it('is limited in every kind of body, by bytes of UTF-8 and keys at all depths', async () => {
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

  it('keeps every key, whatever its name', async () => {
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
