import { expect, test } from '@/e2e/support/test';
import type { JobTypeList } from '@/lib/contracts/job-type';
import { eventually } from '@/lib/testing/until';

test('the API describes job types and itself', async ({ api }) => {
  const { body } = await api.get<JobTypeList>('/api/job-types');
  const types = body.jobTypes.map((type) => type.type);
  expect(types).toEqual(
    expect.arrayContaining(['bulk-operation', 'data-conversion', 'diagnostic', 'document-processing']),
  );
  for (const type of body.jobTypes) {
    expect(type.title && type.description).toBeTruthy();
    expect(type.inputSchema).toMatchObject({ type: 'object' });
    expect(type.defaults.maxAttempts).toBeGreaterThanOrEqual(1);
  }
  const openapi = await api.get<{ openapi: string; paths: Record<string, unknown> }>('/api/openapi.json');
  expect(openapi.status).toBe(200);
  expect(openapi.body.openapi).toMatch(/^3\./);
  for (const path of ['/api/jobs', '/api/batches', '/api/batches/{id}', '/api/files', '/api/search', '/api/capacity']) {
    expect(Object.keys(openapi.body.paths)).toContain(path);
  }
});

test('the capacity lists this machine with its worker processes', async ({ api }) => {
  const capacity = await eventually(
    'they are up',
    () => api.capacity(),
    ({ workers }) => (workers[0]?.processes ?? 0) === 2,
  );
  expect(capacity).toMatchObject({ isShuttingDown: false, maxBatches: 1 });
  expect(capacity.workers[0]).toMatchObject({ host: expect.any(String), jobsActive: expect.any(Number) });
});
