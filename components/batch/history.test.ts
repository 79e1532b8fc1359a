import { describe, expect, it } from 'vitest';
import { linePath, niceTop, recall, remember } from './history';

const batch = (change: object) => ({ id: 'h1', run: 1, ratePerSecond: 10, failed: 0, paused: false, ...change });

describe('remember', () => {
  it('keeps one sample a second, with the failures between two', () => {
    remember(batch({}), 1_000);
    remember(batch({ ratePerSecond: 11 }), 1_200);
    remember(batch({ ratePerSecond: 12, failed: 3 }), 2_000);
    expect(recall('h1')).toEqual([
      { at: 1_000, rate: 10, failed: 0 },
      { at: 2_000, rate: 12, failed: 3 },
    ]);
  });
  it('begins a new line with a new run', () => {
    expect(remember(batch({ run: 2, failed: 1 }), 3_000)).toEqual([{ at: 3_000, rate: 10, failed: 0 }]);
  });
  it('is at rest while paused', () => {
    expect(remember(batch({ id: 'h2', paused: true }), 1)).toEqual([{ at: 1, rate: 0, failed: 0 }]);
  });
});

describe('drawing', () => {
  it('puts the newest at the right edge', () => {
    expect(linePath([0, 10], 100, 20, 10, 11)).toBe('M90.0 20.0L100.0 0.0');
  });
  it('rounds the scale up', () => {
    expect([0, 7, 12, 310].map(niceTop)).toEqual([1, 8, 15, 400]);
  });
});
