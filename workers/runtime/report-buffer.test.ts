import { describe, expect, test } from 'vitest';
import { MAX_CHART_POINTS, MAX_WARNING_MESSAGE, MAX_WARNINGS } from '@/lib/contracts/job';
import { AttemptCosts, boundedChart, Warnings } from './report-buffer';

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

describe('costs', () => {
  test('of an attempt are added up, exactly', () => {
    const costs = new AttemptCosts();
    expect(costs.all()).toBeUndefined();
    for (let i = 0; i < 10; i += 1) expect(costs.add({ usd: 0.1 })).toBeUndefined();
    expect(costs.all()).toEqual({ usd: 1 });
    costs.add({ tokens: 3, usd: undefined });
    costs.add({ tokens: 4 });
    expect(costs.all()).toEqual({ tokens: 7, usd: 1 });
  });

  test('that are no amounts, or too large, are refused in words, and the others are kept', () => {
    const costs = new AttemptCosts();
    costs.add({ tokens: 5, usd: 0.5 });
    expect(costs.add({ tokens: -1 })).toBe('A cost of -1 tokens was not counted.');
    expect(costs.add({ tokens: Number.NaN, usd: Number.POSITIVE_INFINITY })).toBe(
      'A cost of NaN tokens and Infinity USD was not counted.',
    );
    expect(costs.add({ tokens: 1e9, usd: 1 })).toBe('A cost of 1000000000 tokens was not counted.');
    expect(costs.add({ tokens: '7' as never })).toBe('A cost of 7 tokens was not counted.');
    expect(costs.all()).toEqual({ tokens: 5, usd: 1.5 });
  });
});
