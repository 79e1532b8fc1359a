import { describe, expect, test } from 'vitest';
import { MAX_CHART_POINTS, MAX_WARNING_MESSAGE, MAX_WARNINGS } from '@/lib/contracts/job';
import { boundedChart, Warnings } from './report-buffer';

describe('a chart', () => {
  test('keeps short series unchanged, and leaves out values that are not finite', () => {
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

  test('thins long series evenly, keeps both ends, and keeps four series at most', () => {
    const points = Array.from({ length: 5000 }, (_, i): [number, number] => [i, 1 / (i + 1)]);
    const chart = boundedChart({ axis: 'step', series: Array.from({ length: 9 }, () => ({ name: 'a', points })) });
    expect(chart.series).toHaveLength(4);
    const kept = chart.series[0]?.points ?? [];
    expect(kept).toHaveLength(MAX_CHART_POINTS);
    expect(kept[0]?.[0]).toBe(0);
    expect(kept.at(-1)?.[0]).toBe(4999);
    expect(new Set(kept.map(([x]) => x)).size).toBe(MAX_CHART_POINTS);
  });
});

describe('warnings', () => {
  test('are null if there are none', () => {
    expect(new Warnings().all()).toBeUndefined();
  });

  test('are stored once each, in order', () => {
    const warnings = new Warnings();
    warnings.add('a', 'first');
    expect(warnings.add('a', 'first')).toBeUndefined();
    warnings.add('a', 'second');
    expect(warnings.all()).toEqual([
      { code: 'a', message: 'first' },
      { code: 'a', message: 'second' },
    ]);
  });

  test('are limited in number, and the last one tells how many are left out', () => {
    const warnings = new Warnings();
    for (let i = 0; i < MAX_WARNINGS + 5; i += 1) warnings.add('row', `row ${i}`);
    expect(warnings.all()).toHaveLength(MAX_WARNINGS);
    expect(warnings.all()?.at(-1)).toEqual({
      code: 'further-warnings',
      message: '6 further warnings are in the log of the job.',
    });
  });

  test('are limited in length, and contain only characters that Postgres can store', () => {
    const warnings = new Warnings();
    warnings.add('x', `\u0000\ud800${'a'.repeat(MAX_WARNING_MESSAGE - 3)}😀b`);
    const message = warnings.all()?.[0]?.message ?? '';
    expect(message).toBe(`\uFFFD\uFFFD${'a'.repeat(MAX_WARNING_MESSAGE - 3)}`);
  });
});
