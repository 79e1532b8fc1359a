import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { jobsService } from '@/workers/jobs-service';
import { RunningAttempts, registerReporter } from './running-attempts';

it('reports progress only for the running job', async () => {
  const said: unknown[][] = [];
  const { unregister } = registerReporter('a', (...report) => said.push(report));
  await jobsService.updateJobProgress('a', 3, 10, 'Processing item 3 of 10');
  expect(said).toEqual([[3, 10, 'Processing item 3 of 10']]);
  await expect(jobsService.updateJobProgress('b', 1, 2)).rejects.toThrow('does not run in this process');
  unregister();
  await expect(jobsService.updateJobProgress('a', 4, 10)).rejects.toThrow('does not run in this process');
});

it('records the declared result, else the returned one, and a declared failure fails', async () => {
  const { reporter, unregister } = registerReporter('a', () => undefined);
  expect(reporter.resultOf({ success: true })).toEqual({ success: true });
  await jobsService.updateJobStatus('a', 'active');
  expect(reporter.resultOf(1)).toBe(1);
  await jobsService.updateJobStatus('a', 'completed', { result: { message: 'done' } });
  expect(reporter.resultOf({ success: true })).toEqual({ message: 'done' });
  await jobsService.updateJobStatus('a', 'failed', { error: { message: 'no paper', code: 'empty' } });
  expect(() => reporter.resultOf({})).toThrow(expect.objectContaining({ message: 'no paper', code: 'empty' }));
  unregister();
});

it('does not affect a newer attempt of the same job', async () => {
  const first = registerReporter('a', () => undefined);
  const said: unknown[][] = [];
  const second = registerReporter('a', (...report) => said.push(report));
  first.unregister();
  await jobsService.updateJobProgress('a', 1, 1);
  expect(said).toHaveLength(1);
  second.unregister();
});

it('aborts the signal of a job, whether it was read before or is read later', () => {
  const running = new RunningAttempts();
  const early = running.start('a', 'batch');
  const { signal } = early;
  const late = running.start('b', 'batch');
  expect(signal.aborted).toBe(false);
  running.abort({ jobIds: [], batchIds: ['batch'], force: false });
  expect([signal, early.signal, late.signal].map(({ aborted }) => aborted)).toEqual([true, true, true]);
  expect(late.signal.reason).toEqual(new Error('cancelled'));
  late.abort('timeout');
  expect(late.signal.reason).toEqual(new Error('cancelled'));
  for (const attempt of [early, late]) attempt.end();
});

it('ends only after its attempts, also where the workers closed before them', async () => {
  const running = new RunningAttempts();
  const attempt = running.start('a', null);
  let isOver = false;
  const ended = running.allEnded(Promise.resolve(), 0).then(() => {
    isOver = true;
  });
  // Longer than it takes to look again several times.
  await sleep(200);
  expect(isOver).toBe(false);
  running.end('a', attempt);
  await ended;
});

it('does not wait for workers that cannot close once nothing has begun for a while', async () => {
  const running = new RunningAttempts();
  await running.allEnded(new Promise(() => undefined), 50);
  const failed = running.allEnded(Promise.reject(new Error('no queue')), 60_000);
  await expect(failed).rejects.toThrow('no queue');
});
