import { describe, expect, it } from 'vitest';
import { cellAt, countCodes, itemsOf, layoutMatrix, sharePixels } from './layout';

describe('layoutMatrix', () => {
  it.each([1, 10, 1_000, 8_000])('gives each of %i items its own cell inside the panel', (count) => {
    const layout = layoutMatrix(count, 1_000, 132);
    expect(layout.perCell).toBe(1);
    expect(layout.cells).toBe(count);
    expect(layout.height).toBeLessThanOrEqual(132);
    expect(layout.columns * layout.pitch - layout.gap).toBeLessThanOrEqual(1_000);
  });

  it.each([100_000, 1_000_000])('lets %i items share cells without losing one', (count) => {
    const layout = layoutMatrix(count, 1_000, 132);
    expect(layout.perCell).toBeGreaterThan(1);
    expect(layout.height).toBeLessThanOrEqual(132);
    let covered = 0;
    for (let cell = 0; cell < layout.cells; cell += 1) {
      const [from, to] = itemsOf(layout, cell);
      expect(from).toBe(covered);
      covered = to;
    }
    expect(covered).toBe(count);
  });

  it('accepts a panel that has no width yet', () => {
    expect(layoutMatrix(50, 0, 132).columns).toBe(1);
  });

  it('keeps the indexes of a range that starts later', () => {
    const layout = layoutMatrix(100, 500, 132, 400);
    expect(itemsOf(layout, 0)).toEqual([400, 401]);
    expect(itemsOf(layout, 99)).toEqual([499, 500]);
  });
});

describe('cellAt', () => {
  const layout = layoutMatrix(25, 180, 132);
  it('finds cells, and nothing outside of the matrix', () => {
    expect(cellAt(layout, 1, 1)).toBe(0);
    expect(cellAt(layout, layout.pitch + 1, 1)).toBe(1);
    expect(cellAt(layout, 1, layout.pitch + 1)).toBe(layout.columns);
    expect(cellAt(layout, -1, 1)).toBeNull();
    expect(cellAt(layout, 1, layout.pitch * layout.rows + 1)).toBeNull();
  });
});

describe('sharePixels', () => {
  it('never rounds a single failure away', () => {
    const shares = sharePixels([0, 0, 199, 1, 0, 0], 5);
    expect(shares[0]).toEqual([3, 1]);
    expect(shares.reduce((sum, [, pixels]) => sum + pixels, 0)).toBe(5);
  });

  it('draws failures by their share', () => {
    expect(sharePixels([0, 0, 95, 5, 0, 0], 5)[0]).toEqual([3, 1]);
    expect(sharePixels([0, 0, 70, 30, 0, 0], 5)[0]).toEqual([3, 2]);
    expect(sharePixels([0, 0, 1, 99, 0, 0], 5)[0]).toEqual([3, 4]);
  });

  it('fills the cell with one state', () => {
    expect(sharePixels(countCodes(new Uint8Array([2, 2, 2]), 0, 3), 5)).toEqual([[2, 5]]);
  });

  it('never draws more than the cell has', () => {
    const shares = sharePixels([10, 1, 1, 1, 1, 1], 5);
    expect(shares.reduce((sum, [, pixels]) => sum + pixels, 0)).toBe(5);
  });
});
