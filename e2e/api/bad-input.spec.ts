import { expect, test } from '@/e2e/support/test';
import type { BatchDto } from '@/lib/contracts/batch';
import type { Problem } from '@/lib/contracts/errors';

const launch = (more: object) => ({ name: 'bad', type: 'diagnostic', items: [{}], ...more });

test.describe('bad input gets a clear answer and stores nothing', () => {
  test('a launch is refused', async ({ api }) => {
    const refuse = async (status: number, code: string, body: unknown) => {
      const answer = await api.post('/api/batches', body);
      expect(answer, JSON.stringify(answer.body)).toMatchObject({ status, body: { status, code } });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body.title && answer.body.detail).toBeTruthy();
      return answer.body;
    };
    await refuse(400, 'unknown-job-type', launch({ type: 'no-such-type' }));
    await refuse(400, 'empty-batch', launch({ items: [] }));
    const unknown = await refuse(400, 'invalid-request', launch({ colour: 'red' }));
    expect(JSON.stringify(unknown.errors)).toContain('colour');
    await refuse(400, 'invalid-request', launch({ options: { concurrency: -1 } }));
    await refuse(400, 'invalid-request', launch({ name: undefined }));
    await refuse(400, 'invalid-request', [1, 2, 3]);
    const items = await refuse(
      422,
      'invalid-items',
      launch({ items: [{}, { durationMs: 'long' }, {}, { nonsense: 1 }] }),
    );
    expect(items.errors?.map((issue) => issue.row)).toEqual([2, 4]);
    expect(items.errors?.[0]?.path).toContain('durationMs');
    const { body } = await api.get<{ batches: BatchDto[] }>('/api/batches?q=bad');
    expect(body.batches).toEqual([]);
  });

  test('more than a hundred wrong items are refused', async ({ api }) => {
    const { body } = await api.post('/api/batches', launch({ items: Array(150).fill({ durationMs: -1 }) }));
    expect(body.code).toBe('invalid-items');
    expect(body.errors).toHaveLength(100);
  });

  test('a streamed launch is refused', async ({ api }) => {
    const fields = { name: 'bad', type: 'diagnostic' };
    const lines = await api.launchStream(fields, 'application/x-ndjson', '{"payload":1}\n{"payload":\n{"payload":3}\n');
    expect(lines).toMatchObject({ status: 422, body: { code: 'invalid-items' } });
    expect(lines.body.errors?.[0]?.row).toBe(2);
    const cells = await api.launchStream(fields, 'text/csv', 'durationMs\n10\nlong\n20\n');
    expect(cells).toMatchObject({ status: 422, body: { code: 'invalid-items' } });
    expect(cells.body.errors?.[0]).toMatchObject({ row: 2 });
    expect((await api.launchStream(fields, 'application/x-ndjson', '')).body.code).toBe('empty-batch');
    const wrongFields = await api.raw('POST', '/api/batches?batch=%7Bnot-json', {
      headers: { 'content-type': 'text/csv' },
      body: 'a\n1\n',
    });
    expect(wrongFields.status).toBe(400);
    const { body } = await api.get<{ batches: BatchDto[] }>('/api/batches?q=bad');
    expect(body.batches).toEqual([]);
  });

  test('a job is refused', async ({ api }) => {
    const refuse = async (body: unknown, status: number, code: string) =>
      expect(await api.post('/api/jobs', body)).toMatchObject({ status, body: { status, code } });
    await refuse({ type: 'no-such-type', data: {} }, 400, 'unknown-job-type');
    await refuse({ type: 'diagnostic', data: { durationMs: 60_001 } }, 422, 'invalid-data');
    await refuse({ type: 'diagnostic', data: {}, priority: 1001 }, 400, 'invalid-request');
    await refuse({ type: 'diagnostic' }, 400, 'invalid-request');
    await refuse({ type: 'diagnostic', data: {}, delayMs: 1, runAt: new Date().toISOString() }, 400, 'invalid-request');
  });

  test('broken JSON, a wrong media type and an oversized body are refused', async ({ api }) => {
    const send = async (type: string, body: string) => {
      const response = await api.raw('POST', '/api/jobs', { headers: { 'content-type': type }, body });
      return { status: response.status, body: (await response.json()) as Problem };
    };
    expect(await send('application/json', '{"type":')).toMatchObject({ status: 400, body: { code: 'invalid-json' } });
    expect((await send('text/plain', 'hello')).status).toBe(415);
    const oversized = JSON.stringify({ type: 'diagnostic', data: { payload: 'x'.repeat(12 * 1024 * 1024) } });
    expect(await send('application/json', oversized)).toMatchObject({
      status: 413,
      body: { code: 'payload-too-large' },
    });
  });

  test('unknown ids and wrong queries are refused', async ({ api }) => {
    const absent = '01900000-0000-7000-8000-000000000000';
    for (const path of ['jobs', 'batches', 'files']) {
      expect((await api.get(`/api/${path}/${absent}`)).status).toBe(404);
    }
    for (const verb of ['pause', 'resume', 'cancel', 'retry']) {
      expect(await api.post(`/api/batches/${absent}/${verb}`, {})).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
    }
    expect((await api.get('/api/jobs/nonsense')).status).toBe(404);
    expect((await api.get('/api/jobs?limit=101')).status).toBe(400);
    expect((await api.get('/api/jobs?status=asleep')).status).toBe(400);
    expect((await api.get('/api/jobs?cursor=nonsense')).status).toBe(400);
    expect((await api.get('/api/no-such-thing')).status).toBe(404);
  });

  test('a missing or wrong key is refused', async ({ api }) => {
    for (const key of [null, 'wrong-key-wrong-key-wrong-key', '']) {
      const stranger = api.as(key);
      for (const path of [
        '/api/jobs',
        '/api/batches',
        '/api/capacity',
        '/api/search?q=x',
        '/api/events',
        '/api/job-types',
      ]) {
        expect(await stranger.get(path), path).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      }
      expect((await stranger.post('/api/jobs', { type: 'diagnostic', data: {} })).status).toBe(401);
    }
    expect((await api.as(null).get('/api/health/live')).status).toBe(200);
    expect((await api.as(null).get('/api/health/ready')).status).toBe(200);
  });
});
