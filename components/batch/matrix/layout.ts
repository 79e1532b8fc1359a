/** The positions of a matrix's cells, and how many items share one cell. All lengths are in CSS pixels. */
export interface MatrixLayout {
  /** distance from one cell to the next, gap included */
  pitch: number;
  gap: number;
  columns: number;
  rows: number;
  /** items in one cell; 1 = a cell for each item */
  perCell: number;
  cells: number;
  /** index of the first item; `count` items from here are laid out */
  start: number;
  count: number;
  height: number;
}

const PITCHES = [40, 34, 28, 24, 21, 18, 16, 14, 12, 10, 8, 7, 6, 5, 4];
/** The least pitch of a shared cell. It shows the proportions of its items, which takes a few pixels. */
const BIN_PITCH = 6;

const gapOf = (pitch: number): number => (pitch >= 24 ? 4 : pitch >= 12 ? 3 : pitch >= 7 ? 2 : 1);

/**
 * Returns the largest cells that fit into `width` × `maxHeight`. If one cell per item does not fit, items share cells.
 */
export function layoutMatrix(count: number, width: number, maxHeight: number, start = 0): MatrixLayout {
  for (const pitch of PITCHES) {
    const columns = Math.max(1, Math.floor((width + gapOf(pitch)) / pitch));
    const rows = Math.ceil(count / columns);
    if (rows * pitch - gapOf(pitch) > maxHeight) continue;
    return done(count, start, { pitch, columns, perCell: 1, cells: count });
  }
  const columns = Math.max(1, Math.floor((width + gapOf(BIN_PITCH)) / BIN_PITCH));
  const room = columns * Math.max(1, Math.floor((maxHeight + gapOf(BIN_PITCH)) / BIN_PITCH));
  const perCell = niceStep(count / room);
  return done(count, start, { pitch: BIN_PITCH, columns, perCell, cells: Math.ceil(count / perCell) });
}

function done(
  count: number,
  start: number,
  parts: Pick<MatrixLayout, 'pitch' | 'columns' | 'perCell' | 'cells'>,
): MatrixLayout {
  const rows = Math.max(1, Math.ceil(parts.cells / parts.columns));
  const gap = gapOf(parts.pitch);
  return { ...parts, gap, rows, start, count, height: rows * parts.pitch - gap };
}

/** Returns a round number of items per cell, such as 200, for the legend. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  for (const factor of [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]) {
    const step = Math.ceil(power * factor);
    if (step >= least) return step;
  }
  return Math.ceil(least);
}

/** Returns the cell at a point, or null outside of every cell. */
export function cellAt(layout: MatrixLayout, x: number, y: number): number | null {
  const column = Math.floor(x / layout.pitch);
  const row = Math.floor(y / layout.pitch);
  if (x < 0 || y < 0 || column >= layout.columns) return null;
  const cell = row * layout.columns + column;
  return cell < layout.cells ? cell : null;
}

/** Returns the item indexes of a cell: the first, and one past the last. */
export function itemsOf(layout: MatrixLayout, cell: number): [number, number] {
  const first = cell * layout.perCell;
  return [layout.start + first, layout.start + Math.min(layout.count, first + layout.perCell)];
}

/** Returns the first and the last cell with one of these items; null if none of them is laid out. */
export function cellsOf(layout: MatrixLayout, [from, to]: readonly [number, number]): [number, number] | null {
  const [first, end] = [Math.max(from, layout.start), Math.min(to, layout.start + layout.count)];
  if (first >= end) return null;
  const cellOf = (index: number): number => Math.floor((index - layout.start) / layout.perCell);
  return [cellOf(first), cellOf(end - 1)];
}

/** Counts the items by matrix code (pending, active, completed, failed, cancelled, delayed) in a range of the bytes. */
export function countCodes(bytes: Uint8Array, from: number, to: number): number[] {
  const counts = [0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i += 1) {
    const code = bytes[i] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** The order in a shared cell, from the bottom up, most important first: failed, then active. */
const WEIGHT_ORDER = [3, 1, 5, 4, 0, 2];

/** Divides a cell's `height` in whole pixels among the codes. Returns `[code, pixels]`, from the bottom up. */
export function sharePixels(counts: readonly number[], height: number): [code: number, pixels: number][] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return [];
  const present = WEIGHT_ORDER.filter((code) => (counts[code] ?? 0) > 0).slice(0, height);
  const shares = present.map((code): [number, number] => [
    code,
    // Each code gets at least one pixel. Only failed is rounded up: a few in a hundred must not look like half.
    Math.max(1, (code === 3 ? Math.ceil : Math.floor)(((counts[code] ?? 0) / total) * height)),
  ]);
  const largest = (): [number, number] => shares.reduce((best, share) => (share[1] > best[1] ? share : best));
  const used = (): number => shares.reduce((sum, [, pixels]) => sum + pixels, 0);
  while (used() > height) largest()[1] -= 1;
  const main = shares.reduce((best, share) => ((counts[share[0]] ?? 0) > (counts[best[0]] ?? 0) ? share : best));
  main[1] += height - used();
  return shares;
}

/** Returns where a cell is drawn, in pixels. */
export const placeOf = (layout: MatrixLayout, cell: number): { left: number; top: number } => ({
  left: (cell % layout.columns) * layout.pitch,
  top: Math.floor(cell / layout.columns) * layout.pitch,
});
