/** Where the cells of a matrix stand, and how many items share one. All lengths in CSS pixels. */
export interface MatrixLayout {
  /** distance from one cell to the next, gap included */
  pitch: number;
  gap: number;
  columns: number;
  rows: number;
  /** items that a cell stands for; 1 = a cell per item */
  perCell: number;
  cells: number;
  /** items from `start`, `count` of them, are laid out */
  start: number;
  count: number;
  height: number;
}

const PITCHES = [40, 34, 28, 24, 21, 18, 16, 14, 12, 10, 8, 7, 6, 5, 4];
/** A cell that stands for several items shows their shares, which takes a few pixels. */
const BIN_PITCH = 6;

const gapOf = (pitch: number): number => (pitch >= 24 ? 4 : pitch >= 12 ? 3 : pitch >= 7 ? 2 : 1);

/** The largest cells with which everything fits in `width` × `maxHeight`; when none do, items share cells. */
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

/** A round number of items per cell, so that "each cell is 200 items" can be said. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  for (const factor of [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]) {
    const step = Math.ceil(power * factor);
    if (step >= least) return step;
  }
  return Math.ceil(least);
}

/** The cell under a point, or null in a gap's neighborhood outside of every cell. */
export function cellAt(layout: MatrixLayout, x: number, y: number): number | null {
  const column = Math.floor(x / layout.pitch);
  const row = Math.floor(y / layout.pitch);
  if (x < 0 || y < 0 || column >= layout.columns) return null;
  const cell = row * layout.columns + column;
  return cell < layout.cells ? cell : null;
}

/** The items of a cell: first and one past the last, as item indexes. */
export function itemsOf(layout: MatrixLayout, cell: number): [number, number] {
  const first = cell * layout.perCell;
  return [layout.start + first, layout.start + Math.min(layout.count, first + layout.perCell)];
}

/** Items by matrix code (pending, active, completed, failed, cancelled, delayed) in a range of the bytes. */
export function countCodes(bytes: Uint8Array, from: number, to: number): number[] {
  const counts = [0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i += 1) {
    const code = bytes[i] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** In a shared cell, what matters most stands lowest and is never rounded away: failed, then active. */
const WEIGHT_ORDER = [3, 1, 5, 4, 0, 2];

/** Shares a cell's `height` whole pixels among the codes: `[code, pixels]`, from the bottom up. */
export function sharePixels(counts: readonly number[], height: number): [code: number, pixels: number][] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return [];
  const present = WEIGHT_ORDER.filter((code) => (counts[code] ?? 0) > 0).slice(0, height);
  const shares = present.map((code): [number, number] => [
    code,
    // Seen wherever there is one, and no larger than it is: a few in a hundred must not look like half.
    Math.max(1, (code === 3 ? Math.ceil : Math.floor)(((counts[code] ?? 0) / total) * height)),
  ]);
  const largest = (): [number, number] => shares.reduce((best, share) => (share[1] > best[1] ? share : best));
  const used = (): number => shares.reduce((sum, [, pixels]) => sum + pixels, 0);
  while (used() > height) largest()[1] -= 1;
  const main = shares.reduce((best, share) => ((counts[share[0]] ?? 0) > (counts[best[0]] ?? 0) ? share : best));
  main[1] += height - used();
  return shares;
}
