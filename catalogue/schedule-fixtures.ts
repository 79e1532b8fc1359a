import type { FiringDto } from '@/lib/contracts/firing';
import type { PreviewTimes, ScheduleDto } from '@/lib/contracts/schedule';
import type { PreviewItemsAnswer } from '@/lib/contracts/scheduled-launch';
import { ago } from './fixtures';

const firing = (seconds: number, change: Partial<FiringDto> = {}): FiringDto => ({
  ...{ dueAt: ago(seconds), firedAt: ago(seconds - 1), status: 'launched', kind: 'clock', byHand: false },
  ...{ batchId: 'b1', outcome: 'completed' },
  ...change,
});

const notLaunched = (seconds: number, change: Partial<FiringDto>): FiringDto => {
  const { batchId: _, ...rest } = firing(seconds, { firedAt: null, outcome: null, ...change });
  return rest;
};

/** One firing of each kind, oldest first. */
export const FIRINGS: FiringDto[] = [
  firing(86_400 * 6),
  firing(86_400 * 5, { outcome: 'failed' }),
  firing(86_400 * 4, { outcome: 'partial', kind: 'catch-up' }),
  notLaunched(86_400 * 3, { status: 'missed', why: 'No supervisor was there within 5 s.' }),
  notLaunched(86_400 * 2, { status: 'skipped', why: 'The run of 2026-03-01 02:30:00 UTC had not finished.' }),
  notLaunched(86_400, {
    status: 'failed',
    why: 'This organization may not launch jobs of type diagnostic (limit jobTypes).',
  }),
  firing(3600, { kind: 'hand', byHand: true, outcome: null }),
  notLaunched(60, { status: 'queued' }),
];

const schedule = (id: string, change: Partial<ScheduleDto> = {}): ScheduleDto => ({
  ...{
    id,
    name: 'nightly report',
    cron: '30 2 * * *',
    everySeconds: null,
    timeZone: 'Europe/Berlin',
    words: 'At 02:30',
  },
  launches: { kind: 'batch', types: ['diagnostic'], name: 'report', count: 120, from: 'items', fileId: null },
  launch: { batch: { name: 'report', type: 'diagnostic', items: [{ durationMs: 100 }] } },
  ...{
    overlap: 'skip',
    catchUp: 'last',
    catchUpSeconds: null,
    jitterSeconds: 0,
    startAt: null,
    endAt: null,
    exclude: [],
  },
  ...{ pauseAfterFailures: 3, paused: false, pausedWhy: null, nextAt: ago(-7200), firesAt: ago(-7200) },
  ...{ lastAt: ago(3600), lastStatus: 'launched', lastOutcome: 'completed', recent: FIRINGS, problem: null },
  ...{ createdBy: 'Ana Ruiz', createdById: 'u1', own: true, createdAt: ago(86_400 * 20), updatedAt: ago(86_400) },
  ...change,
});

export const SCHEDULES = {
  nightly: schedule('s1'),
  paused: schedule('s2', {
    paused: true,
    pausedWhy: 'The last 3 runs failed.',
    nextAt: null,
    firesAt: null,
    lastOutcome: 'failed',
  }),
  waiting: schedule('s3', {
    name: 'every quarter of an hour, with a name that is too long for its line',
    cron: null,
    everySeconds: 900,
    words: 'Every 15 minutes',
    problem: 'No worker runs jobs of type diagnostic.',
    jitterSeconds: 30,
    exclude: [{ from: '2026-12-24', to: '2026-12-26' }],
    startAt: ago(86_400),
  }),
  ended: schedule('s4', { name: 'once', nextAt: null, firesAt: null, endAt: ago(3600), own: false, createdBy: 'Mika' }),
  fresh: schedule('s5', { name: 'fresh', lastAt: null, lastStatus: null, lastOutcome: null, recent: [] }),
  ofQuery: schedule('s6', {
    name: 'retry at night',
    launches: { kind: 'batch', types: ['diagnostic'], name: 'again', count: null, from: 'query', fileId: null },
    launch: { batch: { name: 'again', type: 'diagnostic', query: 'status:failed created:>1d' } },
  }),
  ofAddress: schedule('s7', {
    name: 'prices',
    launches: { kind: 'batch', types: ['diagnostic'], name: 'prices', count: null, from: 'url', fileId: null },
    launch: { batch: { name: 'prices', type: 'diagnostic', url: 'https://example.org/prices.csv' } },
  }),
} satisfies Record<string, ScheduleDto>;

export const PREVIEW_ITEMS: PreviewItemsAnswer = {
  items: {
    count: 42,
    more: false,
    note: 'Each firing launches everything that still matches. Add a time, such as created:>1d.',
  },
};

export const PREVIEW: PreviewTimes = {
  words: 'At 02:30',
  times: [
    { at: '2026-03-28T01:30:00.000Z' },
    {
      at: '2026-03-29T01:00:00.000Z',
      note: 'The clocks go forward: 02:30 does not exist on this day, so it runs at 03:00, the first moment after.',
    },
    { at: '2026-03-30T00:30:00.000Z' },
  ],
};
