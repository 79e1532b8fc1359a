import { beforeAll, expect, it } from 'vitest';

process.env.METRICS_TOKEN = 'a-token-for-the-scraper';

const { createApiKey } = await import('@/lib/domain/auth/create-api-key');
const { launchBatch } = await import('@/lib/domain/batch/launch-batch');
const { sealBatch } = await import('@/lib/domain/batch/seal-batch');
const { createJob } = await import('@/lib/domain/job/create-job');
const { flushMonitoring } = await import('@/lib/domain/monitoring/track');
const { asItems } = await import('@/lib/testing/items');
const { createContext, seedBatch } = await import('@/lib/testing/factories');
const { GET } = await import('@/app/api/metrics/route');

let own = '';
let member = '';

const read = async (key?: string) => {
  const headers: HeadersInit = key ? { authorization: `Bearer ${key}` } : {};
  const response = await GET(new Request('http://localhost/metrics', { headers }), { params: Promise.resolve({}) });
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
};

beforeAll(async () => {
  const context = await createContext();
  own = (await createApiKey(context, { name: 'admin', role: 'admin' })).key;
  member = (await createApiKey(context, { name: 'member', role: 'operator' })).key;
  await seedBatch(context, { statuses: ['completed', 'completed', 'failed'] });
  const { result } = await launchBatch(context, {
    fields: { name: 'parent', type: 'diagnostic', start: 'manual', sealed: false, announcedItems: 3 },
    items: asItems([{}]),
  });
  await createJob(context, { type: 'diagnostic', data: {}, parentJobId: result.batchId });
  await sealBatch(context, result.batchId);
  await createJob(context, { type: 'diagnostic', data: {}, parentJobId: result.batchId }).catch(() => undefined);
  const stranger = await createContext();
  await seedBatch(stranger, { statuses: ['completed'] });
  await flushMonitoring();
});

it('counts jobs and events exactly, for the organization of the key', async () => {
  const { status, type, text } = await read(own);
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(text).toContain('batchyard_jobs{type="diagnostic",status="completed"} 2\n');
  expect(text).toContain('batchyard_jobs{type="diagnostic",status="failed"} 1\n');
  expect(text).toContain('batchyard_jobs{type="diagnostic",status="pending"} 2\n');
  expect(text).toContain('batchyard_parent_job_events_total{event="parent-job.created"} 1\n');
  expect(text).toContain('batchyard_parent_job_events_total{event="parent-job.child-registered"} 2\n');
  expect(text).toContain('batchyard_parent_job_events_total{event="parent-job.child-registration-failed"} 1\n');
  expect(text.split('\n').filter((line) => line !== '' && !/^(#|[a-z0-9_]+(\{.*\})? -?[\d.e+-]+$)/.test(line))).toEqual(
    [],
  );
});

it('returns those of all organizations for the token of the scraper', async () => {
  expect((await read(process.env.METRICS_TOKEN)).text).toContain(
    'batchyard_jobs{type="diagnostic",status="completed"} 3\n',
  );
});

it('is limited to administrators', async () => {
  expect((await read(member)).status).toBe(403);
  expect((await read('a-wrong-token')).status).toBe(401);
  expect((await read()).status).toBe(401);
});
