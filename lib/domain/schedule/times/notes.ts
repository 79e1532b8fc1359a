import type { Cron } from './cron';
import type { Timing } from './times';
import { segmentAt } from './zone';

const HOUR_MS = 3_600_000;

/** `02:30` on the wall clock */
const clock = (wall: number): string => new Date(wall).toISOString().slice(11, 16);

/** Returns what a change of the clocks does to a due time; undefined if it does nothing. */
export function noteOf({ cron, timeZone }: Timing, at: number): string | undefined {
  if (!cron) return undefined;
  const { from, to, offset, before, after } = segmentAt(timeZone, at);
  const wall = at + offset;
  if (cron.everyHour) {
    if (offset > before && at - from < HOUR_MS) {
      return `The clocks go forward: ${clock(from + before)}–${clock(from + offset)} is left out.`;
    }
    if (after < offset && wall >= to + after)
      return `The clocks go back: ${clock(wall)} comes twice, this is the first time.`;
    if (offset < before && wall < from + before) {
      return `The clocks go back: ${clock(wall)} comes twice, this is the second time.`;
    }
    return undefined;
  }
  if (offset > before && at === from) {
    const missed = firstIn(cron, from + before, from + offset);
    if (missed !== null) {
      return `The clocks go forward: ${clock(missed)} does not exist on this day, so it runs at ${clock(wall)}, the first moment after.`;
    }
  }
  if (after < offset && wall >= to + after) {
    return `The clocks go back: ${clock(wall)} comes twice on this day, it runs the first time.`;
  }
  return undefined;
}

function firstIn(cron: Cron, from: number, to: number): number | null {
  const match = cron.next(from - 1);
  return match !== null && match < to ? match : null;
}
