import pg from 'pg';
import { expect, it, vi } from 'vitest';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import { PermanentError, RetryLaterError } from './processor';
import { classifyOutcome, MAX_JITTER, retryDelay } from './retry-policy';

vi.hoisted(() => {
  process.env.DATABASE_URL = 'postgresql://user@127.0.0.1:5433/yard';
});

const claim = { id: 'a job', type: 'diagnostic', attempt: 1, attempts_made: 0, max_attempts: 1, backoff: null };
const classify = (thrown: unknown, fields: Partial<Claim> = {}, random = () => 0) =>
  classifyOutcome({ ...claim, ...fields } as Claim, undefined, thrown, random);

const refused = (port: number) =>
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect', port });

it.each([
  Object.assign(new pg.DatabaseError('sorry, too many clients already', 0, 'error'), { code: '53300' }),
  new Error('Connection terminated unexpectedly'),
  refused(5433),
])("defers an attempt that failed because the product's database is unavailable: %s", (error) => {
  expect(classify(error)).toMatchObject({ kind: 'defer', delayMs: 1000, error: { message: error.message } });
});

it('fails an attempt whose own server is unavailable, and one that was deferred too often', () => {
  expect(classify(refused(443))).toMatchObject({ kind: 'failed' });
  expect(classify(refused(5433), { attempt: 101 })).toMatchObject({ kind: 'failed' });
});

it('retries an error that is not permanent while attempts are left', () => {
  expect(classify(new Error('no'), { max_attempts: 2 })).toMatchObject({ kind: 'retry', delayMs: 0 });
  expect(classify(new Error('no'), { max_attempts: 2, attempts_made: 1 })).toMatchObject({ kind: 'failed' });
  expect(classify(new PermanentError('never'), { max_attempts: 2 })).toMatchObject({ kind: 'failed' });
});

it('defers an attempt for as long as Retry-After asks, and never for less than the backoff', () => {
  const backoff = { type: 'fixed' as const, delay: 500 };
  const later = (delayMs: number, exact?: boolean) => new RetryLaterError('later', delayMs, 'busy', { exact });
  expect(classify(later(2000), { backoff })).toMatchObject({ kind: 'defer', delayMs: 2000 });
  expect(classify(later(20), { backoff })).toMatchObject({ kind: 'defer', delayMs: 500 });
  expect(classify(later(20, true), { backoff })).toMatchObject({ kind: 'defer', delayMs: 20 });
  expect(classify(later(20), { backoff, attempt: 101 })).toMatchObject({ kind: 'failed' });
});

it('delays as the backoff declares: fixed or doubled with each failure, a day at most', () => {
  const none = () => 0;
  const delays = (backoff: Parameters<typeof retryDelay>[0], failures: number[]) =>
    failures.map((n) => retryDelay(backoff, n, none));
  expect(delays(null, [1, 2])).toEqual([0, 0]);
  expect(delays({ type: 'fixed', delay: 1000 }, [1, 2, 9])).toEqual([1000, 1000, 1000]);
  expect(delays({ type: 'exponential', delay: 1000 }, [1, 2, 3])).toEqual([1000, 2000, 4000]);
  expect(delays({ type: 'exponential', delay: 1000 }, [40, 2000])).toEqual([86_400_000, 86_400_000]);
});

it('adds jitter to jobs that failed at the same time: up to a quarter more, never less', () => {
  const backoff = { type: 'fixed' as const, delay: 60_000 };
  const delays = Array.from({ length: 1000 }, (_, i) => retryDelay(backoff, 1, () => i / 1000));
  expect(new Set(delays).size).toBe(1000);
  expect(Math.min(...delays)).toBe(60_000);
  expect(Math.max(...delays)).toBeLessThan(60_000 * (1 + MAX_JITTER));
  expect(new Set(Array.from({ length: 20 }, () => retryDelay(backoff, 1))).size).toBeGreaterThan(1);
});

it('adds jitter to jobs with the same Retry-After, and never starts before that time', () => {
  const backoff = { type: 'fixed' as const, delay: 500 };
  const later = new RetryLaterError('later', 2000, 'busy');
  const delays = [0, 0.5, 1].map((random) => classify(later, { backoff }, () => random).delayMs);
  expect(delays).toEqual([2000, 2063, 2125]);
  const exact = new RetryLaterError('its turn', 2000, 'host-rate', { exact: true });
  expect(classify(exact, { backoff }, () => 1)).toMatchObject({ delayMs: 2000 });
});
