const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const DURATION = /^(?:\d{1,9}(?:\.\d{1,6})?(?:ms|sec|s|min|m|h|d|w))+$/i;
const MAX_DURATION = 100 * 366 * 86_400_000;

/** Returns the milliseconds of `30s`, `1h30m`, `2d`, or undefined if it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 60 || !DURATION.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/gi);
  const total = [...parts].reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit?.toLowerCase() ?? ''] ?? 0), 0);
  return total <= MAX_DURATION ? total : undefined;
}

/** What a moment covers: from `start` to before `end`, in milliseconds since 1970. An age covers a single millisecond. */
export interface Period {
  start: number;
  end: number;
}

const DAY = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/i;

/** Whether a text is an age, such as `2d`. */
export const isAge = (text: string): boolean => parseDuration(text) !== undefined;

/** What a time is stored with has the years 1 to 9999. */
const FIRST_MOMENT = Date.parse('0001-01-01T00:00:00Z');
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Resolves a moment: a day (`2026-05-01`), a time (ISO 8601, in UTC unless it has an offset), `today`, `yesterday`, or an
 * age before `now`. Returns undefined for any other text, and for what does not begin and end in the years 1 to 9999.
 */
export function resolveMoment(text: string, now: number): Period | undefined {
  const period = periodOf(text, now);
  return period && period.start >= FIRST_MOMENT && period.end <= LAST_MOMENT ? period : undefined;
}

function periodOf(text: string, now: number): Period | undefined {
  const age = parseDuration(text);
  if (age !== undefined) return { start: now - age, end: now - age + 1 };
  const word = text.toLowerCase();
  const today = Math.floor(now / DAY) * DAY;
  if (word === 'today') return { start: today, end: today + DAY };
  if (word === 'yesterday') return { start: today - DAY, end: today };
  if (DATE.test(text)) {
    const start = Date.parse(`${text}T00:00:00Z`);
    // Date.parse takes 2026-02-30 for 2 March.
    if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text) return undefined;
    return { start, end: start + DAY };
  }
  const found = DATE_TIME.exec(text);
  if (!found) return undefined;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`;
  const start = Date.parse(zoned.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(start) || Number.isNaN(Date.parse(`${text.slice(0, 10)}T00:00:00Z`))) return undefined;
  const seconds = found[1];
  return { start, end: start + (seconds === undefined ? 60_000 : seconds.includes('.') ? 1 : 1000) };
}
