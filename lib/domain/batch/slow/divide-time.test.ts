import { expect, it } from 'vitest';
import { divideTime, type Segment } from './divide-time';
import { nameLimiter } from './name-limiter';

const segment = (over: Partial<Segment> = {}): Segment => ({
  ms: 1000,
  state: 'running',
  open: 100,
  running: 5,
  retrying: 0,
  starts: 0,
  concurrency: 0,
  places: 50,
  othersRunning: 0,
  othersActive: false,
  ...over,
});
const divide = (segments: Segment[], options: Partial<Parameters<typeof divideTime>[1]> = {}) =>
  divideTime(segments, { ratePerMinute: 0, waitsForItems: false, ...options });

it.each<[string, Partial<Segment>, Record<string, number>]>([
  ['a full concurrency holds the items that wait', { concurrency: 5 }, { work: 50, concurrency: 950 }],
  ['workers whose places are all taken hold them', { places: 5 }, { work: 50, workers: 950 }],
  ['without a live worker nothing runs', { places: 0, running: 0 }, { workers: 1000 }],
  ['a pause holds what does not run', { state: 'paused' }, { work: 50, paused: 950 }],
  ['a batch without a slot waits for others', { state: 'waiting', running: 0 }, { others: 1000 }],
  ['a batch that nobody started waits for its start', { state: 'held', running: 0 }, { start: 1000 }],
  ['items between attempts wait for them', { running: 1, retrying: 99 }, { work: 10, retries: 990 }],
  ['a batch that gave up its slot waits for others', { running: 0, othersActive: true }, { others: 1000 }],
  [
    'other batches of the type have the places',
    { running: 0, othersRunning: 50, othersActive: true },
    { others: 1000 },
  ],
  ['what nothing explains is delivery', { running: 0 }, { queue: 1000 }],
  ['a single item that runs is work', { open: 1, running: 1 }, { work: 1000 }],
  [
    'workers that are not known are no limit',
    { running: 5, places: null, concurrency: 5 },
    { work: 50, concurrency: 950 },
  ],
])('%s', (_name, over, expected) => {
  const { parts, elapsedMs } = divide([segment(over)]);
  const rounded = Object.entries(parts).map(([cause, ms]) => [cause, Math.round(ms)] as const);
  expect(Object.fromEntries(rounded.filter(([, ms]) => ms > 0))).toEqual(expected);
  expect(elapsedMs).toBeCloseTo(1000);
});

it('a start under a rate holds the next one, also beyond the segment', () => {
  const idle = { running: 0, open: 10 };
  // One start every 3 s: the first holds three segments, nothing explains the fourth.
  const segments = [segment({ ...idle, starts: 1 }), segment(idle), segment(idle), segment(idle)];
  const { parts } = divide(segments, { ratePerMinute: 20 });
  expect(Math.round(parts.rate)).toBe(3000);
  expect(Math.round(parts.queue)).toBe(1000);
});

it('of two limits the one that is nearer to being reached holds', () => {
  const both = { concurrency: 5, open: 100, starts: 5 };
  expect(divide([segment({ ...both, running: 5 })], { ratePerMinute: 600 }).parts).toMatchObject({ rate: 0 });
  expect(divide([segment({ ...both, running: 1 })], { ratePerMinute: 300 }).parts).toMatchObject({ concurrency: 0 });
});

it('time without open items is left out, or waits for items', () => {
  const gap = segment({ open: 0, running: 0 });
  expect(divide([segment(), gap]).elapsedMs).toBeCloseTo(1000);
  expect(divide([segment(), gap], { waitsForItems: true }).parts.items).toBeCloseTo(1000);
});

const situation = {
  shares: [{ cause: 'concurrency' as const, ms: 900, share: 0.9 }],
  elapsedMs: 10_000,
  open: 0,
  total: 100,
  work: { meanMs: 500, totalMs: 50_000 },
  concurrency: 5,
  ratePerMinute: 0,
  places: 50,
};

it('a higher concurrency is suggested, with the time of the whole batch or of the rest', () => {
  expect(nameLimiter(situation)).toEqual({
    cause: 'concurrency',
    share: 0.9,
    limit: 5,
    suggestion: { option: 'concurrency', value: 20, ms: 2500 },
  });
  expect(nameLimiter({ ...situation, open: 40 })?.suggestion).toEqual({ option: 'concurrency', value: 20, ms: 1000 });
});

it('no more is suggested than the workers have places, or the rate allows', () => {
  expect(nameLimiter({ ...situation, places: 5 })?.suggestion).toBeNull();
  expect(nameLimiter({ ...situation, places: 8 })?.suggestion?.value).toBe(8);
  expect(nameLimiter({ ...situation, ratePerMinute: 600 })?.suggestion?.ms).toBe(10_000);
});

it('a higher rate is suggested as long as the concurrency has room for it', () => {
  const rated = { ...situation, shares: [{ cause: 'rate' as const, ms: 900, share: 0.9 }], ratePerMinute: 60 };
  expect(nameLimiter({ ...rated, concurrency: 0 })).toMatchObject({
    limit: 60,
    suggestion: { option: 'ratePerMinute', value: 240, ms: 25_000 },
  });
  expect(nameLimiter({ ...rated, concurrency: 1 })?.suggestion?.ms).toBe(50_000);
});

it('nothing is named before anything has happened', () => {
  expect(nameLimiter({ ...situation, shares: [] })).toBeNull();
});
