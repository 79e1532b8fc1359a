import { BATCHES } from '@/catalogue/fixtures';
import type { ComparedItems, ComparedSide, ComparisonDto } from '@/lib/contracts/compare';
import type { SlowDto } from '@/lib/contracts/slow';

const side: ComparedSide = {
  batch: BATCHES.partial,
  run: null,
  runs: 2,
  states: { completed: 90, failed: 9, cancelled: 1, open: 0 },
  durations: { items: 99, p50: 240, p95: 1900, totalMs: 42_000 },
  elapsedMs: 12_000,
  options: { concurrency: 20 },
  codeVersions: [
    { version: 'd4e5f6a1b2c3', items: 98 },
    { version: 'a1b2c3d4e5f6', items: 2 },
  ],
  optionChanges: [
    { at: '2026-01-01T02:00:00.000Z', by: 'Ana Ruiz', before: { concurrency: 5 }, after: { concurrency: 20 } },
  ],
};

export const COMPARISON: ComparisonDto = {
  here: side,
  there: {
    ...side,
    batch: { ...BATCHES.partial, id: 'b0', name: 'embed-handbook of yesterday' },
    states: { completed: 97, failed: 2, cancelled: 0, open: 0 },
    codeVersions: [{ version: 'a1b2c3d4e5f6', items: 99 }],
    optionChanges: [],
  },
  matchedBy: 'name',
  changes: {
    'newly-failed': 8,
    'newly-completed': 1,
    'otherwise-changed': 0,
    same: 90,
    'only-here': 1,
    'only-there': 0,
  },
  transitions: [],
  options: [{ name: 'concurrency', here: 20, there: 5 }],
  histogram: [4, 5, 6, 7].map((n) => ({ fromMs: 2 ** n, toMs: 2 ** (n + 1), here: 10 * n, there: 50 - 5 * n })),
};

export const COMPARED_ITEMS: ComparedItems = {
  items: [
    {
      change: 'newly-failed',
      here: {
        jobId: 'j1',
        index: 3,
        name: 'chapter-4.pdf',
        state: 'failed',
        durationMs: 1800,
        error: { message: 'The PDF is encrypted.', code: 'encrypted' },
      },
      there: { jobId: 'j0', index: 3, name: 'chapter-4.pdf', state: 'completed', durationMs: 260, error: null },
    },
    {
      change: 'only-here',
      here: { jobId: 'j9', index: 99, name: 'appendix.pdf', state: 'open', durationMs: null, error: null },
      there: null,
    },
  ],
  nextCursor: '0-99',
};

export const SLOW: SlowDto = {
  from: '2026-01-01T00:00:00.000Z',
  until: '2026-01-01T00:04:00.000Z',
  elapsedMs: 240_000,
  isRunning: true,
  shares: [
    { cause: 'concurrency', ms: 200_000, share: 0.83 },
    { cause: 'work', ms: 30_000, share: 0.125 },
    { cause: 'retries', ms: 9_000, share: 0.04 },
    { cause: 'queue', ms: 1_000, share: 0.004 },
  ],
  limiter: {
    cause: 'concurrency',
    share: 0.83,
    limit: 5,
    suggestion: { option: 'concurrency', value: 20, ms: 240_000 },
  },
  work: { meanMs: 1200, totalMs: 1_200_000, attempts: 1000, failedAttempts: 40, failedMs: 60_000 },
  remainingMs: 120_000,
  others: 2,
  estimated: ['sample', 'others'],
  types: [
    { type: 'document-processing', items: 990, meanMs: 1200, totalMs: 1_190_000 },
    { type: 'diagnostic', items: 10, meanMs: 1000, totalMs: 10_000 },
  ],
  slowest: [
    {
      jobId: 'j1',
      index: 3,
      name: 'chapter-4.pdf',
      type: 'diagnostic',
      status: 'completed',
      durationMs: 41_000,
      attempts: 2,
    },
    {
      jobId: 'j2',
      index: 7,
      name: 'chapter-8.pdf',
      type: 'diagnostic',
      status: 'active',
      durationMs: 9_000,
      attempts: 1,
    },
  ],
};
