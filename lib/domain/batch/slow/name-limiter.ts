import type { Limiter, SlowDto, TimeCause, TimeShare } from '@/lib/contracts/slow';

interface Situation {
  shares: readonly TimeShare[];
  elapsedMs: number;
  /** items that are not finished; 0 after the end */
  open: number;
  /** items of the batch */
  total: number;
  work: Pick<SlowDto['work'], 'meanMs' | 'totalMs'>;
  /** 0 = no limit */
  concurrency: number;
  ratePerMinute: number;
  /** places of the workers for the type; null = not known */
  places: number | null;
}

/** A higher limit that is suggested is this many times the present one. */
const RAISE = 4;

/** Names what holds a batch up the most, and what a higher limit would change. Null before anything has happened. */
export function nameLimiter(situation: Situation): Limiter | null {
  const [first] = situation.shares;
  if (!first || situation.elapsedMs <= 0) return null;
  const { cause, share } = first;
  return { cause, share, limit: limitOf(cause, situation), suggestion: suggest(cause, situation) };
}

function limitOf(cause: TimeCause, { concurrency, ratePerMinute, places }: Situation): number | null {
  if (cause === 'concurrency') return concurrency;
  if (cause === 'rate') return ratePerMinute;
  return cause === 'workers' ? places : null;
}

function suggest(cause: TimeCause, situation: Situation): Limiter['suggestion'] {
  const { concurrency, ratePerMinute } = situation;
  if (cause === 'concurrency') return raiseConcurrency(situation, concurrency);
  return cause === 'rate' ? raiseRate(situation, ratePerMinute) : null;
}

/** The rest takes as long as its work, divided by the items that run at once. After the end the whole time is estimated. */
function raiseConcurrency(
  { work, open, total, places, elapsedMs, ...is }: Situation,
  now: number,
): Limiter['suggestion'] {
  const value = Math.min(now * RAISE, places ?? Number.POSITIVE_INFINITY, Math.max(1, open || total));
  if (value <= now || work.meanMs === null) return null;
  const workMs = open > 0 ? open * work.meanMs : work.totalMs;
  const fasterMs = open > 0 ? workMs / value : elapsedMs - workMs / now + workMs / value;
  const rateMs = is.ratePerMinute > 0 ? ((open || total) * 60_000) / is.ratePerMinute : 0;
  return { option: 'concurrency', value, ms: Math.max(fasterMs, rateMs, work.meanMs) };
}

function raiseRate({ work, open, total, concurrency, places }: Situation, now: number): Limiter['suggestion'] {
  const value = now * RAISE;
  const items = open || total;
  const slots = Math.min(concurrency || Number.POSITIVE_INFINITY, places || Number.POSITIVE_INFINITY, items);
  const workMs = (items * (work.meanMs ?? 0)) / slots;
  return { option: 'ratePerMinute', value, ms: Math.max((items * 60_000) / value, workMs) };
}
