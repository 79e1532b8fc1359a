import { expect, test } from 'vitest';
import { addHistograms, GROWTH, quantilesOf } from './histogram';

/** The bucket as the SQL computes it. */
const bucketOf = (ms: number): number => 1 + Math.floor(Math.log(Math.max(ms, 0.95)) / Math.log(GROWTH));

const histogramOf = (values: number[]) =>
  addHistograms(values.map((value): Record<string, number> => ({ [bucketOf(value)]: 1 })));

/** The exact quantile, by the nearest-rank method. */
const exact = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(values.length * share)) - 1] ?? Number.NaN;

const random = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

test('quantiles are less than 5% off', () => {
  const next = random(7);
  for (let round = 0; round < 200; round += 1) {
    const spread = 1 + next() * 16;
    const values = Array.from({ length: 1 + Math.floor(next() * 400) }, () => Math.round(Math.exp(next() * spread)));
    const { p50, p95 } = quantilesOf(histogramOf(values));
    for (const [found, share] of [
      [p50, 0.5],
      [p95, 0.95],
    ] as const) {
      const wanted = exact(values, share);
      expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThanOrEqual(wanted * 0.05);
    }
  }
});

test('quantiles of nothing are null, and of zeros zero', () => {
  expect(quantilesOf({})).toEqual({ p50: null, p95: null });
  expect(quantilesOf({ 0: 3 })).toEqual({ p50: 0, p95: 0 });
});

test('merged histograms give the quantiles of all values together', () => {
  const [fast, slow] = [[10, 11, 12, 13], [9000]];
  expect(quantilesOf(addHistograms([histogramOf(fast), histogramOf(slow)]))).toEqual(
    quantilesOf(histogramOf([...fast, ...slow])),
  );
});
