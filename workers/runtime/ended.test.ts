import pg from 'pg';
import { expect, it, vi } from 'vitest';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import { ended } from './ended';
import { PermanentError, RetryLaterError } from './processor';

vi.hoisted(() => {
  process.env.DATABASE_URL = 'postgresql://user@127.0.0.1:5433/yard';
});

const claim = { id: 'a job', type: 'diagnostic', attempt: 1, attempts_made: 0, max_attempts: 1, backoff: null };
const how = (thrown: unknown, fields: Partial<Claim> = {}) =>
  ended({ ...claim, ...fields } as Claim, undefined, thrown);

const refused = (port: number) =>
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect', port });

it.each([
  Object.assign(new pg.DatabaseError('sorry, too many clients already', 0, 'error'), { code: '53300' }),
  new Error('Connection terminated unexpectedly'),
  refused(5433),
])('puts an attempt off that met our own database away: %s', (error) => {
  expect(how(error)).toMatchObject({ kind: 'defer', delayMs: 1000, error: { message: error.message } });
});

it('fails one whose own server is away, and one that has been put off for long', () => {
  expect(how(refused(443))).toMatchObject({ kind: 'failed' });
  expect(how(refused(5433), { attempt: 101 })).toMatchObject({ kind: 'failed' });
});

it('repeats what may help, as often as it may', () => {
  expect(how(new Error('no'), { max_attempts: 2 })).toMatchObject({ kind: 'retry', delayMs: 0 });
  expect(how(new Error('no'), { max_attempts: 2, attempts_made: 1 })).toMatchObject({ kind: 'failed' });
  expect(how(new PermanentError('never'), { max_attempts: 2 })).toMatchObject({ kind: 'failed' });
});

it('puts an attempt off for as long as it was asked to, never for less than the backoff', () => {
  const backoff = { type: 'fixed' as const, delay: 500 };
  const later = (delayMs: number, exact?: boolean) => new RetryLaterError('later', delayMs, 'busy', { exact });
  expect(how(later(2000), { backoff })).toMatchObject({ kind: 'defer', delayMs: 2000 });
  expect(how(later(20), { backoff })).toMatchObject({ kind: 'defer', delayMs: 500 });
  expect(how(later(20, true), { backoff })).toMatchObject({ kind: 'defer', delayMs: 20 });
  expect(how(later(20), { backoff, attempt: 101 })).toMatchObject({ kind: 'failed' });
});
