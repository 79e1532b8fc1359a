/** The number of jobs that a rate limit allows now. Times are milliseconds from now. */
export interface RateAllowance {
  allowed: number;
  /** when the job after the allowed ones may start; null without a limit */
  nextStartMs: number | null;
  /** when to ask again, if the limit allowed fewer than wanted */
  retryInMs?: number | undefined;
}

/**
 * Spaces starts evenly: the generic cell rate algorithm without a burst. A limit of 60 a minute allows one start each
 * second. Starts that were not used do not add up, so that no minute exceeds its limit. Only those of the last second
 * may be used later, because the dispatcher runs once a second.
 * @param ratePerMinute 0 = unlimited
 * @param nextStartMs when the next start is due, from now; null before the first
 */
export function applyRateLimit(ratePerMinute: number, nextStartMs: number | null, wanted: number): RateAllowance {
  if (ratePerMinute <= 0) return { allowed: wanted, nextStartMs: null };
  const spacing = 60_000 / ratePerMinute;
  const due = Math.max(nextStartMs ?? 0, -1000);
  if (due > 0) return { allowed: 0, nextStartMs: due, retryInMs: due };
  const allowed = Math.min(wanted, Math.floor(-due / spacing) + 1);
  const after = due + allowed * spacing;
  return { allowed, nextStartMs: after, retryInMs: allowed < wanted ? Math.max(after, 0) : undefined };
}
