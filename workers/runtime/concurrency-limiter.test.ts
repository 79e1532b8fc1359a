import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ConcurrencyLimiter } from './concurrency-limiter';

test('admits callers up to the limit, and the others in their order of arrival', async () => {
  const limiter = new ConcurrencyLimiter();
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((n) =>
    limiter.run(2, () => {
      started.push(n);
      return new Promise<void>((resolve) => ends.push(resolve));
    }),
  );
  await nextTurn();
  expect(started).toEqual([0, 1]);
  ends[1]?.();
  await nextTurn();
  expect(started).toEqual([0, 1, 2]);
  for (let i = 0; i < 4; i += 1) {
    ends[i]?.();
    await nextTurn();
  }
  await Promise.all(all);
  expect(started).toEqual([0, 1, 2, 3]);
  expect(limiter.idle).toBe(true);
});

test('an aborted caller leaves the waiting list', async () => {
  const limiter = new ConcurrencyLimiter();
  await limiter.acquire(1);
  const controller = new AbortController();
  const aborted = limiter.acquire(1, controller.signal);
  const next = limiter.acquire(1);
  controller.abort(new Error('cancelled'));
  await expect(aborted).rejects.toThrow('cancelled');
  limiter.release();
  await next;
  expect(limiter.idle).toBe(false);
});

test('a failed task releases its permit', async () => {
  const limiter = new ConcurrencyLimiter();
  await expect(limiter.run(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(limiter.idle).toBe(true);
});
