import { expect, it } from 'vitest';
import { figure, frameOf, pathOf } from './chart-geometry';

it('fits all curves into one frame, which starts at zero if values come near it', () => {
  const falling: [number, number][] = [
    [1, 2],
    [2, 1],
    [3, 0.5],
  ];
  const frame = frameOf([falling, [[2, 4]]]);
  expect(frame).toEqual({ left: 1, right: 3, top: 4, bottom: 0 });
  expect(frame && pathOf(falling, frame, 100, 40)).toBe('M0 20L50 30L100 35');
});

it('centers curves that are far from zero, and draws flat and single-point ones', () => {
  expect(frameOf([[[1, 100]], [[2, 101]]])).toEqual({ left: 1, right: 2, top: 101, bottom: 100 });
  const flat = frameOf([[[1, 3]]]);
  expect(flat).toEqual({ left: 1, right: 1, top: 4, bottom: 3 });
  expect(flat && pathOf([[1, 3]], flat, 100, 40)).toBe('M0 40h0.01');
  expect(frameOf([])).toBeNull();
});

it.each([
  [3, '3'],
  [0.512345, '0.5123'],
  [1234.56, '1.23e+3'],
  [0.0000012, '1.20e-6'],
])('writes %d as %s', (n, text) => {
  expect(figure(n)).toBe(text);
});
