import type { ExcludedTime } from '@/lib/contracts/schedule';
import type { Cron } from './cron';
import { instantOf, localDate, segmentAt } from './zone';

const DAY_MS = 86_400_000;
/** Stretches between changes of the clocks that a search passes: half a century or more. */
const MAX_SEGMENTS = 120;
/** Excluded times that a search passes, one after the other. */
const MAX_EXCLUDED = 10_000;

/** When a schedule is due. All times are milliseconds since 1970. */
export interface Timing {
  cron: Cron | null;
  everyMs: number | null;
  timeZone: string;
  /** the first time of an interval is counted from here */
  anchor: number;
  startAt: number | null;
  endAt: number | null;
  exclude: readonly ExcludedTime[];
}

/** Returns the first due time after an instant; null if there is none any more. */
export function nextTime(timing: Timing, after: number): number | null {
  const { startAt, endAt } = timing;
  let from = startAt === null ? after : Math.max(after, startAt - 1);
  for (let i = 0; i < MAX_EXCLUDED; i += 1) {
    const at = nextUnlimited(timing, from);
    if (at === null || (endAt !== null && at > endAt)) return null;
    const until = excludedUntil(timing, at);
    if (until === null) return at;
    from = Math.max(at, until - 1);
  }
  return null;
}

/** Returns the due times from one instant to another, both included, at most `max`. */
export function timesBetween(timing: Timing, from: number, to: number, max: number): number[] {
  const found: number[] = [];
  let at = nextTime(timing, from - 1);
  while (at !== null && at <= to && found.length < max) {
    found.push(at);
    at = nextTime(timing, at);
  }
  return found;
}

/**
 * Returns the newest due times of a range, at most `max`, in order. It searches from the end in windows that grow, so
 * that a schedule of seconds that was down for a year costs no more than one of days.
 */
export function newestTimes(timing: Timing, from: number, to: number, max: number): number[] {
  for (let window = 3_600_000; ; window *= 4) {
    const start = Math.max(from, to - window);
    const found: number[] = [];
    for (let at = nextTime(timing, start - 1); at !== null && at <= to; at = nextTime(timing, at)) {
      found.push(at);
      if (found.length > max * 2) found.splice(0, max);
    }
    if (start === from || found.length >= max) return found.slice(-max);
  }
}

function nextUnlimited(timing: Timing, after: number): number | null {
  const { cron, everyMs, anchor } = timing;
  if (cron) return nextOfCron(cron, timing.timeZone, after);
  if (everyMs === null) return null;
  // Without a start the first time is one interval after the creation.
  const first = timing.startAt === null ? 1 : 0;
  return anchor + Math.max(first, Math.floor((after - anchor) / everyMs) + 1) * everyMs;
}

/**
 * A fixed local time that the clocks leave out is due at the first moment after the change, once; one that comes twice is
 * due the first time. With `*` hours whatever the wall clock shows counts, so it runs in every real hour.
 */
function nextOfCron(cron: Cron, zone: string, after: number): number | null {
  let from = after + 1;
  for (let i = 0; i < MAX_SEGMENTS; i += 1) {
    const { from: begin, to, offset, before } = segmentAt(zone, from);
    if (!cron.everyHour && offset > before && from <= begin && leavesOut(cron, begin + before, begin + offset)) {
      return begin;
    }
    const shown = from + offset;
    const wall = cron.everyHour ? shown : Math.max(shown, begin + Math.max(before, offset));
    const match = cron.next(wall - 1);
    if (match === null) return null;
    if (match - offset < to) return match - offset;
    from = to;
  }
  return null;
}

/** Whether a match is in a stretch of wall time that does not exist. */
function leavesOut(cron: Cron, from: number, to: number): boolean {
  const match = cron.next(from - 1);
  return match !== null && match < to;
}

/** Returns the first instant after the exclusion that a time is in; null if it is in none. */
function excludedUntil({ exclude, timeZone }: Timing, at: number): number | null {
  const date = exclude.length > 0 ? localDate(timeZone, at) : '';
  for (const { from, to } of exclude) {
    if (from.includes('T') || to.includes('T')) {
      const [begin, end] = [boundary(timeZone, from, 0), boundary(timeZone, to, DAY_MS)];
      if (at >= begin && at < end) return end;
    } else if (date >= from && date <= to) return boundary(timeZone, to, DAY_MS);
  }
  return null;
}

/** @param add to a date: the end of a range includes its last day */
const boundary = (zone: string, moment: string, add: number): number =>
  moment.includes('T') ? Date.parse(moment) : instantOf(zone, Date.parse(moment) + add);
