/** A text run on one line of a page. Coordinates are in points from the lower left corner. */
export interface Run {
  text: string;
  left: number;
  right: number;
  y: number;
  height: number;
}

/** Fewer adjacent lines do not count as columns. */
const LEAST_LINES = 3;
/** A page with more runs is a drawing or a map, not text. */
const MOST_RUNS = 1500;
const MOST_GUTTERS = 12;
const MOST_COLUMNS = 4;

/**
 * Returns the runs of a page in reading order, if the page has columns of prose that the file stores across columns.
 * Returns undefined if the file order is to be kept, as for every table.
 */
export function inColumns(runs: readonly Run[], rightToLeft: boolean): Run[] | undefined {
  if (runs.length < 2 * LEAST_LINES || runs.length > MOST_RUNS) return undefined;
  const gutter = bestGutter(runs, MOST_COLUMNS);
  if (gutter === undefined || !gutter.interleaved) return undefined;
  return gutter.bands.flatMap((band) => readBand(band, gutter.at, rightToLeft, MOST_COLUMNS));
}

interface Gutter {
  at: number;
  bands: Run[][];
  lines: number;
  interleaved: boolean;
}

/** Finds the vertical gap with the most lines of prose on both sides. */
function bestGutter(runs: readonly Run[], columns: number): Gutter | undefined {
  let best: Gutter | undefined;
  for (const at of gutters(runs)) {
    const bands = bandsOf(runs, at);
    let lines = 0;
    let interleaved = false;
    for (const band of bands) {
      const sides = sidesOf(band, at);
      if (!sides || !areColumns(sides, columns)) continue;
      lines += Math.min(sides.left.length, sides.right.length);
      interleaved ||= switches(band, at) > Math.min(sides.left.length, sides.right.length) / 2;
    }
    if (lines > (best?.lines ?? 0)) best = { at, bands, lines, interleaved };
  }
  return best;
}

/** Returns x positions just before the start of many runs. */
function gutters(runs: readonly Run[]): number[] {
  const starts = new Map<number, number>();
  for (const { left } of runs) starts.set(Math.round(left), (starts.get(Math.round(left)) ?? 0) + 1);
  return [...starts]
    .filter(([, count]) => count >= LEAST_LINES)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_GUTTERS)
    .map(([start]) => start - 2);
}

/** Orders runs from top to bottom. A run that crosses a column border is its own band; the runs between form bands. */
function bandsOf(runs: readonly Run[], at: number): Run[][] {
  const crossing = new Set(runs.filter(({ left, right }) => left < at && right > at + 1).map(({ y }) => Math.round(y)));
  const heights = [...new Set(runs.map(({ y }) => Math.round(y)))].sort((a, b) => b - a);
  const bandAt = new Map<number, Run[]>();
  const bands: Run[][] = [];
  for (const [i, y] of heights.entries()) {
    const before = bandAt.get(heights[i - 1] ?? Number.NaN);
    const goesOn = before && !crossing.has(y) && !crossing.has(heights[i - 1] ?? y);
    const band = goesOn ? before : [];
    if (!goesOn) bands.push(band);
    bandAt.set(y, band);
  }
  for (const run of runs) bandAt.get(Math.round(run.y))?.push(run);
  return bands;
}

function sidesOf(band: readonly Run[], at: number): { left: Run[]; right: Run[] } | undefined {
  const left = band.filter((run) => run.right <= at + 1);
  const right = band.filter((run) => run.left >= at);
  return left.length + right.length === band.length ? { left, right } : undefined;
}

/** Counts how often the file order changes sides. */
function switches(band: readonly Run[], at: number): number {
  let count = 0;
  band.forEach((run, i) => {
    const before = band[i - 1];
    if (before && before.left < at !== run.left < at) count++;
  });
  return count;
}

function areColumns({ left, right }: { left: Run[]; right: Run[] }, columns: number): boolean {
  if (Math.min(left.length, right.length) < LEAST_LINES || isTable(left, right)) return false;
  const [narrow, wide] = [widthOf(left), widthOf(right)].sort((a, b) => a - b);
  if ((narrow ?? 0) * columns < (wide ?? 0)) return false;
  return [left, right].every((side) => isProse(side) || (columns > 2 && bestGutter(side, columns - 1) !== undefined));
}

const widthOf = (runs: readonly Run[]): number =>
  runs.reduce((most, { right }) => Math.max(most, right), 0) -
  runs.reduce((least, { left }) => Math.min(least, left), Infinity);

/** Lines of prose fill their column, contain words and continue on the next line. Table cells do not. */
function isProse(side: readonly Run[]): boolean {
  const width = widthOf(side);
  const full = side.filter(({ left, right }) => right - left >= width * 0.55).length;
  const wordy = side.filter(
    ({ text }) => text.trim().split(/\s+/).length >= 3 || /[\p{sc=Han}\p{sc=Kana}\p{sc=Thai}]{6}/u.test(text),
  );
  const cased = side.filter(({ text }) => /^\P{L}*[\p{Ll}\p{Lu}]/u.test(text));
  const goOn = cased.filter(({ text }) => /^\p{Ll}/u.test(text.trimStart())).length;
  // Prose contains punctuation; short texts in table cells may not.
  const marked = cased.length < side.length / 2 || side.some(({ text }) => /[.,;:!?\u2026](?:\s|$)/.test(text));
  return (
    marked &&
    full >= side.length * 0.5 &&
    wordy.length >= side.length * 0.6 &&
    (cased.length < side.length / 2 || goOn >= side.length * 0.2)
  );
}

/** Rows of a table have the same vertical positions on both sides. */
function isTable(left: readonly Run[], right: readonly Run[]): boolean {
  const [few, many] = [breaksOf(left), breaksOf(right)].sort((a, b) => a.length - b.length);
  if (!few || !many || few.length < 2) return false;
  const same = few.filter((y) => many.some((other) => Math.abs(other - y) < 2)).length;
  return same >= few.length * 0.7;
}

/** Whether the gap before a line is larger than usual. */
function breaksOf(side: readonly Run[]): number[] {
  const heights = [...new Set(side.map(({ y }) => Math.round(y)))].sort((a, b) => b - a);
  const gaps = heights.slice(1).map((y, i) => (heights[i] ?? y) - y);
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 3)] ?? 0;
  return heights.slice(1).filter((_, i) => (gaps[i] ?? 0) > usual * 1.35);
}

function readBand(band: Run[], at: number, rightToLeft: boolean, columns: number): Run[] {
  const sides = sidesOf(band, at);
  if (!sides || !areColumns(sides, columns)) return band;
  const parts = [sides.left, sides.right].map((side) => readSide(side, rightToLeft, columns - 1));
  return (rightToLeft ? parts.reverse() : parts).flat();
}

/** One column or several adjacent ones. */
function readSide(side: Run[], rightToLeft: boolean, columns: number): Run[] {
  const gutter = columns > 1 ? bestGutter(side, columns) : undefined;
  if (gutter) return gutter.bands.flatMap((band) => readBand(band, gutter.at, rightToLeft, columns));
  return [...side].sort((a, b) =>
    Math.abs(a.y - b.y) > Math.min(a.height, b.height) / 2 ? b.y - a.y : a.left - b.left,
  );
}
