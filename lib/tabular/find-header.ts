import { SAMPLE_ROWS } from '@/lib/contracts/csv/dialect';
import { filledOf, spanOf } from './raw-row';

/** How many rows are searched for the header. */
export const HEADER_SAMPLE = SAMPLE_ROWS;
/** The index of the last row that may be the header. */
const DEEPEST = 50;

const VALUE = /^\s*(?:[-+]?[\d.,]+%?|true|false|null|\d{4}-\d\d-\d\d.*|\S+@\S+\.\S+|https?:\/\/\S+)\s*$/i;
const YEAR = /^\s*(?:19|20)\d\d\s*$/;
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

type Cells = readonly string[];

/**
 * Returns the index of the header row. It is the first row, unless that fills far fewer cells than the table does, as a
 * title, a note, or groups above merged columns do.
 * @param rows the first rows, without blank ones
 * @param fieldNames a row that contains one of these is the header
 */
export function findHeader(rows: readonly Cells[], fieldNames: readonly string[] = []): number {
  const [first = []] = rows;
  const width = usualSpan(rows);
  if (width < 2 || namesField(first, fieldNames)) return 0;
  if (!isAbove(first, rows, width)) return namesUnderGroups(rows, 0, width) ? 1 : 0;
  for (let at = 1; at < Math.min(rows.length, DEEPEST); at++) {
    const row = rows[at] ?? [];
    if (namesField(row, fieldNames)) return at;
    if (fillsLittle(row, width)) continue;
    if (namesUnderGroups(rows, at, width)) return at + 1;
    const sure = filledOf(first) <= 1 || first.some(isValueOrLabel) || valuesUnder(rows.slice(at)) > 0;
    return sure && readsLikeNames(row, width) ? at : 0;
  }
  return 0;
}

/** Returns the most common number of cells, of rows with more than one. */
function usualSpan(rows: readonly Cells[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const span = spanOf(row);
    if (span > 1) counts.set(span, (counts.get(span) ?? 0) + 1);
  }
  const [[span] = [1]] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return span;
}

const fillsLittle = (row: Cells, width: number): boolean =>
  filledOf(row) <= 1 || filledOf(row) <= width / 2 || spanOf(row) < width;

/** Whether the first row cannot be the header: it fills at most half of the columns, or no row below has its width. */
function isAbove(first: Cells, rows: readonly Cells[], width: number): boolean {
  if (filledOf(first) <= Math.max(1, width / 2)) return true;
  if (rows.slice(1).every((row) => filledOf(row) <= 1 || spanOf(row) > spanOf(first))) return true;
  const full = rows.findIndex((row) => spanOf(row) >= width);
  return full > 0 && first.some(isValueOrLabel) && rows.slice(full).every((row) => spanOf(row) >= width);
}

/** Whether a row has gaps, as merged cells leave them, and the next row names the columns below. */
function namesUnderGroups(rows: readonly Cells[], at: number, width: number): boolean {
  const [groups = [], names = []] = rows.slice(at, at + 2);
  const hasGaps = groups.slice(0, spanOf(groups)).some((cell) => cell.trim() === '') || spanOf(groups) < spanOf(names);
  return hasGaps && filledOf(names) >= width && readsLikeNames(names, width) && valuesUnder(rows.slice(at + 1)) > 1;
}

/** Cells that are values. Years do not count, because they may be column names. */
function readsLikeNames(row: Cells, width: number): boolean {
  const names = row.map((cell) => cell.trim()).filter((name) => name !== '');
  return (
    spanOf(row) >= width &&
    names.some((name) => !VALUE.test(name)) &&
    names.every((name) => name.length <= 100 && (!VALUE.test(name) || YEAR.test(name)))
  );
}

/** A value or a label of one (`Printed:`, `2026-01-31`) is not a column name. */
const isValueOrLabel = (cell: string): boolean => VALUE.test(cell) || /:\s*$/.test(cell);

/** Counts the columns with values, such as numbers, below a name that is not a value. */
function valuesUnder([names = [], ...rows]: readonly Cells[]): number {
  return names.filter((name, i) => {
    if (VALUE.test(name)) return false;
    const below = rows.slice(0, 50).map((row) => row[i]?.trim() ?? '');
    const cells = below.filter((cell) => cell !== '');
    return cells.length > 0 && cells.filter((cell) => VALUE.test(cell)).length >= cells.length * 0.8;
  }).length;
}

const namesField = (row: Cells, fieldNames: readonly string[]): boolean => {
  const known = new Set(fieldNames.map(plain));
  return row.some((cell) => cell.length < 100 && known.has(plain(cell)));
};

/** Whether the first row is a header: it contains a known field, or it has names where the rows below have values. */
export function hasHeader(rows: readonly Cells[], fieldNames: readonly string[]): boolean {
  const [first, ...rest] = rows;
  if (!first) return true;
  if (namesField(first, fieldNames)) return true;
  const filled = first.filter((cell) => cell.trim() !== '');
  if (filled.length < first.length / 2) return false;
  if (filled.some((cell) => VALUE.test(cell)) && !yearsName(first, rest)) return false;
  if (filled.some((cell) => cell.length > 100)) return false;
  // A text that occurs again in a row below is a value.
  return !rest.slice(0, 50).some((row) => row.some((cell, i) => cell !== '' && cell === first[i]));
}

/** Whether the only values of the first row are consecutive years beside a name, and the rows below have no years. */
function yearsName(first: Cells, rest: readonly Cells[]): boolean {
  const at = first.flatMap((cell, i) => (VALUE.test(cell) ? [i] : []));
  const years = at.map((i) => Number(first[i]));
  const [start = 0] = years;
  const step = Math.sign((years[1] ?? start) - start);
  const named =
    at.every((i) => YEAR.test(first[i] ?? '')) && first.some((cell) => cell.trim() !== '' && !VALUE.test(cell));
  const below = rest.slice(0, 50).flatMap((row) => at.map((i) => row[i] ?? ''));
  return (
    named &&
    step !== 0 &&
    years.every((year, i) => year === start + i * step) &&
    !below.every((cell) => YEAR.test(cell))
  );
}
