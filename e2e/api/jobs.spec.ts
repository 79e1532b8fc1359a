import { expect, test } from '@/e2e/support/test';
import type { JobAnswer, JobDto, JobList, JobLogs, JobStatsDto } from '@/lib/contracts/job';
import { eventually } from '@/lib/testing/until';

interface Created {
  jobId: string;
  job: JobDto;
}

test('a single job runs, reports its steps, and its history can be read @both', async ({ api }) => {
  const created = await api.post<Created>('/api/jobs', {
    type: 'diagnostic',
    name: 'probe',
    description: 'one job alone',
    data: { durationMs: 400, steps: 4, payload: { n: 1 } },
    priority: 10,
    correlationId: 'order-7',
    metadata: { ticket: 12 },
  });
  expect(created.status).toBe(201);
  expect(created.body.job).toMatchObject({ id: created.body.jobId, type: 'diagnostic', priority: 10, batchId: null });
  const events = await api.events(`?jobId=${created.body.jobId}`);
  const ended = await api.jobEnded(created.body.jobId);
  expect(ended).toMatchObject({
    status: 'completed',
    result: { payload: { n: 1 }, attempt: 1 },
    attemptsMade: 1,
    correlationId: 'order-7',
    metadata: { ticket: 12 },
    error: null,
  });
  expect(ended.progress).toMatchObject({ current: 4, total: 4 });
  // A job that ended before the stream was open is in its snapshot as it ended.
  const { data: snapshot } = await events.until('snapshot');
  if (!snapshot.jobs?.some((job) => job.id === ended.id && job.status === 'completed')) {
    await events.until('job-completed', ({ job }) => job.id === ended.id);
  }
  events.close();
  const logs = await api.get<JobLogs>(`/api/jobs/${ended.id}/logs`);
  expect(logs.status).toBe(200);
  const stats = await api.get<JobStatsDto>('/api/jobs/stats');
  expect(stats.body.byType.diagnostic?.completed).toBeGreaterThanOrEqual(1);
});

test('the same idempotency key gives the same job', async ({ api }) => {
  const key = { 'idempotency-key': `job-${Date.now()}` };
  const first = await api.post<Created>('/api/jobs', { type: 'diagnostic', data: {} }, key);
  const second = await api.post<Created>('/api/jobs', { type: 'diagnostic', data: {} }, key);
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body.jobId).toBe(first.body.jobId);
});

test('a job that fails once completes on its second attempt @both', async ({ api }) => {
  const { body } = await api.post<Created>('/api/jobs', {
    type: 'diagnostic',
    data: { outcome: 'fail-once' },
    maxAttempts: 3,
    backoff: { type: 'fixed', delay: 50 },
  });
  const ended = await api.jobEnded(body.jobId);
  expect(ended).toMatchObject({ status: 'completed', attemptsMade: 2, result: { attempt: 2 } });
  expect(ended.attempts.some((attempt) => attempt.outcome === 'failed' && attempt.error?.message)).toBe(true);
});

test('a failed job is retried, also with other data, and a completed one is neither retried nor cancelled', async ({
  api,
}) => {
  const { body } = await api.post<Created>('/api/jobs', { type: 'diagnostic', data: { outcome: 'fail' } });
  const failed = await api.jobEnded(body.jobId);
  expect(failed).toMatchObject({ status: 'failed', attemptsMade: 1 });
  expect(failed.error?.message).toBeTruthy();

  expect(await api.post(`/api/jobs/${failed.id}/retry`, { data: { outcome: 'nonsense' } })).toMatchObject({
    status: 422,
    body: { code: 'invalid-data' },
  });
  expect((await api.post(`/api/jobs/${failed.id}/retry`, { data: { payload: 'mended' } })).status).toBe(200);
  const mended = await eventually(
    'it has completed',
    () => api.job(failed.id),
    (job) => job.status === 'completed',
  );
  expect(mended).toMatchObject({ data: { payload: 'mended' }, error: null });
  expect((await api.post(`/api/jobs/${failed.id}/retry`, {})).status).toBe(409);
  expect((await api.call('PATCH', `/api/jobs/${failed.id}/cancel`, {})).status).toBe(409);
});

test('a cancelled delayed job never starts, and a cancelled active job is aborted by its signal @both', async ({
  api,
}) => {
  const later = await api.post<Created>('/api/jobs', { type: 'diagnostic', data: {}, delayMs: 600_000 });
  expect(later.body.job.status).toBe('delayed');
  const cancelled = await api.call<JobAnswer>('PATCH', `/api/jobs/${later.body.jobId}/cancel`, {});
  expect(cancelled).toMatchObject({ status: 200, body: { job: { status: 'cancelled', attemptsMade: 0 } } });

  const running = await api.post<Created>('/api/jobs', { type: 'diagnostic', data: { durationMs: 60_000 } });
  await eventually(
    'it runs',
    () => api.job(running.body.jobId),
    (job) => job.status === 'active',
  );
  expect((await api.call('PATCH', `/api/jobs/${running.body.jobId}/cancel`, { force: true })).status).toBe(200);
  expect(await api.jobEnded(running.body.jobId, 15_000)).toMatchObject({ status: 'cancelled' });
});

test('a job that kills its process fails as worker-crashed, and the product continues @both', async ({ api }) => {
  const { body } = await api.post<Created>('/api/jobs', { type: 'diagnostic', data: { outcome: 'crash' } });
  const ended = await api.jobEnded(body.jobId, 60_000);
  expect(ended).toMatchObject({ status: 'failed', error: { code: 'worker-crashed' } });
  const next = await api.post<Created>('/api/jobs', { type: 'diagnostic', data: {} });
  expect(await api.jobEnded(next.body.jobId)).toMatchObject({ status: 'completed' });
});

test('lists filter by type, status and text, and pages have no gaps', async ({ api }) => {
  const name = `paged-${Date.now()}`;
  for (const index of [0, 1, 2, 3, 4]) {
    await api.post('/api/jobs', { type: 'diagnostic', name: `${name} ${index}`, data: {} });
  }
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ type: 'diagnostic', q: name, limit: '2', ...(cursor && { cursor }) });
    const page = await api.get<JobList>(`/api/jobs?${query}`);
    expect(page.status).toBe(200);
    names.push(...page.body.jobs.map((job) => job.name));
    cursor = page.body.nextCursor;
  }
  expect(names.sort()).toEqual([0, 1, 2, 3, 4].map((index) => `${name} ${index}`));
});
