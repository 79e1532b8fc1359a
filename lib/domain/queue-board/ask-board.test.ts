import { expect, it } from 'vitest';
import { describeCall } from './ask-board';

it.each([
  ['/api/queues/diagnostic/pause', 'queue.pause', 'diagnostic', undefined],
  ['/api/queues/pause', 'queue.pause', 'all', undefined],
  ['/api/queues/diagnostic/clean/failed', 'queue.clean', 'diagnostic', undefined],
  ['/api/queues/diagnostic/retry/failed', 'queue.retry', 'diagnostic', undefined],
  ['/api/queues/diagnostic/rate-limit/release', 'queue.rate-limit', 'diagnostic', undefined],
  ['/api/queues/diagnostic/17/retry', 'queue.retry-job', 'diagnostic', '17'],
  ['/api/queues/diagnostic/17/update-data', 'queue.update-data-job', 'diagnostic', '17'],
  ['/api/queues/diagnostic/job-schedulers/nightly/run', 'queue.job-schedulers', 'diagnostic', undefined],
  ['/api/queues/<script>/1%2F', 'queue.change', '<script>', undefined],
])('%s of the board is %s of the queue %s', (path, action, queue, jobId) => {
  const described = describeCall({ method: 'PUT', path, query: {}, body: {} });
  expect(described).toMatchObject({ action, queue, after: { call: `PUT ${path}` } });
  expect(described.after.jobId).toBe(jobId);
});

it('keeps the body of a call as a payload', () => {
  const call = { method: 'POST', path: '/api/queues/diagnostic/add', query: {}, body: { data: 1 } };
  expect(describeCall(call)).toMatchObject({ action: 'queue.add', after: { payload: { data: 1 } } });
});
