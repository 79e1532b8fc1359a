const LONGEST_MS = 24 * 3600 * 1000;

/**
 * How long an answer asks to wait: `retry-after-ms`, or `Retry-After` as seconds or as a date.
 * Undefined when it does not say, or says nonsense. At least 1 ms, at most a day.
 */
export function retryAfterMs(headers: Headers, now = Date.now()): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms)) return clamp(ms);
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return clamp(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : clamp(at - now);
}

const clamp = (ms: number): number => Math.min(Math.max(Math.ceil(ms), 1), LONGEST_MS);
