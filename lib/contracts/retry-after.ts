const LONGEST_MS = 24 * 3600 * 1000;

/** A number of seconds or of milliseconds. */
const NUMBER = /^\d+(\.\d+)?$/;
/** The three date formats of HTTP. Date.parse alone accepts too many other texts. */
const DATE =
  /^((mon|tue|wed|thu|fri|sat|sun)[a-z]*, \d{1,2}[ -][a-z]{3}[ -]\d{2,4} \d{2}:\d{2}:\d{2} gmt|[a-z]{3} [a-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/i;

/**
 * Returns the delay that a response requests, in milliseconds, at most one day: from `retry-after-ms`, or from
 * `Retry-After` in seconds or as a date. Returns undefined when the header is missing, malformed, zero or in the past.
 * Then the usual backoff applies.
 */
export function retryAfterMs(headers: Pick<Headers, 'get'>, now = Date.now()): number | undefined {
  return waitOf(numberIn(headers.get('retry-after-ms'))) ?? waitOf(retryAfter(headers.get('retry-after')?.trim(), now));
}

function retryAfter(value: string | undefined, now: number): number | undefined {
  if (!value) return undefined;
  const seconds = numberIn(value);
  if (seconds !== undefined) return seconds * 1000;
  if (!DATE.test(value)) return undefined;
  // The oldest format has no time zone. It is GMT like the others.
  return Date.parse(/gmt$/i.test(value) ? value : `${value} GMT`) - now;
}

const numberIn = (value: string | null): number | undefined =>
  value !== null && NUMBER.test(value.trim()) ? Number(value) : undefined;

const waitOf = (ms: number | undefined): number | undefined =>
  ms !== undefined && ms > 0 ? Math.min(Math.ceil(ms), LONGEST_MS) : undefined;
