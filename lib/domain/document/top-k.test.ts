import { expect, it } from 'vitest';
import { TopK } from './top-k';

it('keeps the best of many, best first', () => {
  const top = new TopK(10);
  const scores = Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 5003) / 5003);
  scores.forEach((score, id) => {
    top.offer(id, score);
  });
  const sorted = scores.map((score, id) => ({ id, score })).sort((a, b) => b.score - a.score);
  expect(top.best()).toEqual(sorted.slice(0, 10));
});

it('accepts fewer than requested, and ignores values that are not numbers', () => {
  const top = new TopK(3);
  top.offer(1, Number.NaN);
  top.offer(2, -0.5);
  expect(top.best()).toEqual([{ id: 2, score: -0.5 }]);
});
