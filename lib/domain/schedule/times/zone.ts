const DAY_MS = 86_400_000;
/** Years of zones that are kept: a few bytes each. */
const MAX_CACHED = 500;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const created = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, created);
  return created;
}

/** Returns how many milliseconds the wall clock of a zone is ahead of UTC at an instant. */
export function offsetAt(zone: string, at: number): number {
  const values: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) values[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = values;
  const whole = Math.floor(at / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

interface Transition {
  /** the first instant with the new offset */
  at: number;
  before: number;
  after: number;
}

const years = new Map<string, Transition[]>();

/** Returns the changes of the clocks in a year (UTC), in order. */
function transitionsIn(zone: string, year: number): Transition[] {
  const key = `${zone} ${year}`;
  const known = years.get(key);
  if (known) return known;
  const found: Transition[] = [];
  const end = Date.UTC(year + 1, 0, 1);
  let from = Date.UTC(year, 0, 1);
  let before = offsetAt(zone, from);
  while (from < end) {
    const to = from + DAY_MS;
    const after = offsetAt(zone, to);
    if (after !== before) found.push({ at: changeBetween(zone, from, to, before), before, after });
    from = to;
    before = after;
  }
  if (years.size >= MAX_CACHED) years.clear();
  years.set(key, found);
  return found;
}

function changeBetween(zone: string, from: number, to: number, before: number): number {
  let [low, high] = [from, to];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** A stretch of time in which the clocks of a zone are not changed. */
export interface Segment {
  /** its first instant */
  from: number;
  /** the first instant after it */
  to: number;
  /** of the wall clock, in milliseconds */
  offset: number;
  /** the offset before it; the same if the stretch ends only because the search does */
  before: number;
  /** the offset after it */
  after: number;
}

/** Returns the stretch that an instant is in. It may end at the end of a year without a change of the clocks. */
export function segmentAt(zone: string, at: number): Segment {
  const year = new Date(at).getUTCFullYear();
  const near = [year - 1, year, year + 1].flatMap((each) => transitionsIn(zone, each));
  const offset = offsetAt(zone, at);
  const last = near.findLast((each) => each.at <= at);
  const next = near.find((each) => each.at > at);
  return {
    from: last?.at ?? Date.UTC(year - 1, 0, 1),
    to: next?.at ?? Date.UTC(year + 2, 0, 1),
    offset,
    before: last?.before ?? offset,
    after: next?.after ?? offset,
  };
}

/** Returns the first instant at which the wall clock shows a time, or at which it has just skipped it. */
export function instantOf(zone: string, wall: number): number {
  const guess = wall - offsetAt(zone, wall);
  return wall - offsetAt(zone, guess);
}

/** Returns the date on the wall clock: `2026-03-29`. */
export const localDate = (zone: string, at: number): string =>
  new Date(at + offsetAt(zone, at)).toISOString().slice(0, 10);
