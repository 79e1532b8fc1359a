import { TIME_CAUSES, type TimeCause } from '@/lib/contracts/slow';

/** What the batch as a whole was doing in a segment of its time. */
export type BatchState = 'running' | 'paused' | 'waiting' | 'held';

/** A part of the time of a batch in which its state did not change. */
export interface Segment {
  ms: number;
  state: BatchState;
  /** items that were not finished, on average */
  open: number;
  /** items that a processor ran, on average */
  running: number;
  /** items between two attempts, on average */
  retrying: number;
  /** attempts that started */
  starts: number;
  /** the option; 0 = no limit */
  concurrency: number;
  /** places of the live workers for the type; null = not known */
  places: number | null;
  /** items of other batches of the type that ran, on average */
  othersRunning: number;
  /** whether another batch of any type ran */
  othersActive: boolean;
}

export interface DividedTime {
  elapsedMs: number;
  parts: Record<TimeCause, number>;
}

/**
 * Divides the time of a batch among causes. In each segment the time is divided in proportion to what the open items did:
 * they ran, waited for another attempt, or waited for their turn. The last part goes to what held them: see `waitingFor`.
 * A time without open items is left out, unless the batch waits for items. So the parts add up to the elapsed time.
 * @param ratePerMinute 0 = no limit
 */
export function divideTime(
  segments: readonly Segment[],
  { ratePerMinute, waitsForItems }: { ratePerMinute: number; waitsForItems: boolean },
): DividedTime {
  const parts = Object.fromEntries(TIME_CAUSES.map((cause) => [cause, 0])) as Record<TimeCause, number>;
  const spacingMs = ratePerMinute > 0 ? 60_000 / ratePerMinute : 0;
  // A start holds the next one for this long, which may reach into later segments.
  let heldMs = 0;
  for (const segment of segments) {
    heldMs += segment.starts * spacingMs;
    const rateMs = Math.min(segment.ms, heldMs);
    heldMs = Math.min(heldMs - rateMs, spacingMs);
    const { ms, open, running, retrying } = segment;
    if (open < EMPTY) {
      if (waitsForItems) parts.items += ms;
      continue;
    }
    const worked = Math.min(1, running / open);
    const retried = Math.min(1 - worked, retrying / open);
    parts.work += ms * worked;
    parts.retries += ms * retried;
    const waited = ms * Math.max(0, 1 - worked - retried);
    for (const [cause, share] of waitingFor(segment, rateMs / ms)) parts[cause] += waited * share;
  }
  return { elapsedMs: Object.values(parts).reduce((sum, ms) => sum + ms, 0), parts };
}

/** Less than this many open items is none: sums of fractions have errors. */
const EMPTY = 1e-6;
/** Less than this many running items is none. */
const IDLE = 0.01;

/** Returns what items waited for, as shares that add up to 1. @param rateShare part of the time that the rate forbade starts */
function waitingFor(segment: Segment, rateShare: number): [TimeCause, number][] {
  const { state, running, concurrency, places, othersRunning, othersActive } = segment;
  if (state === 'paused') return [['paused', 1]];
  if (state === 'held') return [['start', 1]];
  if (state === 'waiting') return [['others', 1]];
  if (places === 0 && running < IDLE) return [['workers', 1]];
  const slots = places === null || places === 0 ? Number.POSITIVE_INFINITY : places;
  const limit = Math.min(concurrency || Number.POSITIVE_INFINITY, slots);
  const used = Math.min(1, running / limit);
  // Both limits may apply. The one that is nearer to being reached is the one that holds.
  const [cause, share]: [TimeCause, number] =
    rateShare > used ? ['rate', rateShare] : [limit === concurrency ? 'concurrency' : 'workers', used];
  const rest = 1 - share;
  // Nothing of it runs although nothing of its own forbids it: it gave its slot to others.
  const yielded = running < IDLE && othersActive && rateShare < 1;
  const others = yielded ? rest : Math.min(rest, othersRunning / slots);
  return [
    [cause, share],
    ['others', others],
    ['queue', rest - others],
  ];
}
