import { expect, it } from 'vitest';
import { MAX_CHART_POINTS } from '@/lib/contracts/job';
import { boundedChart } from './chart';

it('keeps short curves as they are, and leaves out what is no number', () => {
  const chart = boundedChart({
    axis: 'epoch',
    series: [
      {
        name: 'loss',
        points: [
          [1, 0.5],
          [2, Number.NaN],
          [3, 0.2],
        ],
      },
    ],
  });
  expect(chart).toEqual({
    axis: 'epoch',
    series: [
      {
        name: 'loss',
        points: [
          [1, 0.5],
          [3, 0.2],
        ],
      },
    ],
  });
});

it('thins long curves evenly and keeps both ends; takes four series at most', () => {
  const points = Array.from({ length: 5000 }, (_, i): [number, number] => [i, 1 / (i + 1)]);
  const chart = boundedChart({ axis: 'step', series: Array.from({ length: 9 }, () => ({ name: 'a', points })) });
  expect(chart.series).toHaveLength(4);
  const kept = chart.series[0]?.points ?? [];
  expect(kept).toHaveLength(MAX_CHART_POINTS);
  expect(kept[0]?.[0]).toBe(0);
  expect(kept.at(-1)?.[0]).toBe(4999);
  expect(new Set(kept.map(([x]) => x)).size).toBe(MAX_CHART_POINTS);
});
