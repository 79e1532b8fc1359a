import { describe, expect, it } from 'vitest';
import { curveOf, linePath, niceTop, recall, remember } from './history';

const batch = (change: object) => ({ id: 'h1', run: 1, ratePerSecond: 10, failed: 0, paused: false, ...change });

describe('recordSample', () => {
  it('keeps one sample a second, with the failures in between', () => {
    remember(batch({}), 1_000);
    remember(batch({ ratePerSecond: 11 }), 1_200);
    remember(batch({ ratePerSecond: 12, failed: 3 }), 2_000);
    expect(recall('h1')).toEqual([
      { at: 1_000, rate: 10, failed: 0 },
      { at: 2_000, rate: 12, failed: 3 },
    ]);
  });
  it('starts a new series with a new run', () => {
    expect(remember(batch({ run: 2, failed: 1 }), 3_000)).toEqual([{ at: 3_000, rate: 10, failed: 0 }]);
  });
  it('is idle while the batch is paused', () => {
    expect(remember(batch({ id: 'h2', paused: true }), 1)).toEqual([{ at: 1, rate: 0, failed: 0 }]);
  });
});

describe('the throughput curve', () => {
  const known = {
    from: '2026-01-01T00:00:00.000Z',
    stepMs: 2_000,
    points: [
      { finished: 20, failed: 0 },
      { finished: 40, failed: 3 },
    ],
  };
  const start = Date.parse(known.from);
  it("joins the server's counts with what this tab has received since", () => {
    const seen = [
      { at: start + 3_000, rate: 99, failed: 1 },
      { at: start + 5_000, rate: 15, failed: 2 },
    ];
    expect(curveOf(known, seen, start + 4_000)).toEqual([
      { at: start + 2_000, rate: 10, failed: 0, since: 2_000 },
      { at: start + 4_000, rate: 20, failed: 3, since: 2_000 },
      { at: start + 5_000, rate: 15, failed: 2, since: 1_000 },
    ]);
  });
  it('is continuous although the clocks differ', () => {
    const ahead = 3_600_000;
    const seen = [{ at: start + ahead + 5_000, rate: 15, failed: 2 }];
    expect(curveOf(known, seen, start + ahead + 4_000).at(-1)).toMatchObject({ at: start + 5_000, since: 1_000 });
  });
  it('shows what this tab has received until the server answers', () => {
    expect(curveOf(undefined, [{ at: 5_000, rate: 1, failed: 0 }], 0)).toEqual([
      { at: 5_000, rate: 1, failed: 0, since: 1_000 },
    ]);
  });
});

describe('drawing', () => {
  it('fills the width from the first to the last sample', () => {
    const points = [0, 1_000, 4_000].map((at, i) => ({ at, rate: i * 5, failed: 0, since: 1_000 }));
    expect(linePath(points, 100, 20, 10)).toBe('M0.0 20.0L25.0 10.0L100.0 0.0');
  });
  it('rounds the scale up', () => {
    expect([0, 7, 12, 310].map(niceTop)).toEqual([1, 8, 15, 400]);
  });
});
