import { expect, test } from 'vitest';
import type { JobStatus } from '@/lib/contracts/status';
import { attemptOutcome } from './trace-attempt';

test.each<[kind: string, became: JobStatus | undefined, outcome: string]>([
  ['completed', 'completed', 'completed'],
  ['failed', 'failed', 'failed'],
  ['retry', 'delayed', 'retry'],
  ['defer', 'pending', 'defer'],
  // A job that is being cancelled gets no further attempt.
  ['retry', 'failed', 'failed'],
  ['completed', undefined, 'stale'],
])('an attempt with the outcome %s and the row %s is reported as %s', (kind, became, outcome) => {
  expect(attemptOutcome(kind, became)).toBe(outcome);
});
