import { expect, it } from 'vitest';
import { localHashEmbedder } from './local-hash';

const never = new AbortController().signal;

async function likeness(a: string, b: string): Promise<number> {
  const [x, y] = await localHashEmbedder.embed([a, b], never);
  return (x ?? new Float32Array()).reduce((sum, value, i) => sum + value * (y?.[i] ?? 0), 0);
}

it('returns vectors of unit length, always the same', async () => {
  const [first, second] = await localHashEmbedder.embed(['A text.', 'A text.'], never);
  expect(first).toEqual(second);
  expect(first).toHaveLength(localHashEmbedder.dimensions);
  expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5);
});

it('returns similar vectors for texts that share words or parts of words, whatever their case and accents', async () => {
  const text = 'The gardener waters the tomatoes every morning before sunrise.';
  expect(await likeness(text, 'every morning the gardener waters tomatoes')).toBeGreaterThan(0.6);
  expect(await likeness('waterproof jackets', 'a waterproofed jacket')).toBeGreaterThan(0.3);
  expect(await likeness('Crème brûlée', 'CREME BRULEE')).toBeCloseTo(1, 5);
  expect(await likeness(text, 'Quarterly revenue of the shipping division declined.')).toBeLessThan(0.2);
});

it('returns zeros for a text without words, and stops when it is aborted', async () => {
  const [nothing] = await localHashEmbedder.embed(['…'], never);
  expect(nothing?.every((value) => value === 0)).toBe(true);
  await expect(localHashEmbedder.embed(['a'], AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
