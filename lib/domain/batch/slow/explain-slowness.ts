import type { BatchDto } from '@/lib/contracts/batch';
import type { SlowDto, TimeShare } from '@/lib/contracts/slow';
import { TIME_CAUSES } from '@/lib/contracts/slow';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import { type Context, requirePermission } from '@/lib/domain/context';
import { optionsOf } from '@/lib/domain/defaults';
import { openDoor } from '@/lib/domain/redaction/door';
import { definitionOf, isJobType } from '@/lib/job-types/catalogue';
import { divideTime, type Segment } from './divide-time';
import { nameLimiter } from './name-limiter';
import { readAverages } from './read-events';
import { readSlowest, readWork } from './read-items';
import { type ConsumerLife, type OtherBatch, readConsumers, readOthers } from './read-others';
import { readStates, type StateChange } from './read-states';

/** Parts of equal length. Changes of state divide them further. */
const PARTS = 120;

/**
 * Explains where the time of a batch goes, from its launch to its end or now: shares that add up, what limits it, and
 * its slowest items. It is derived from rows, and says what is estimated.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function explainSlowness(context: Context, batchId: string): Promise<SlowDto> {
  requirePermission(context, 'batch.see');
  const batch = await loadBatch(context, batchId);
  const isRunning = batch.finishedAt === null;
  const [from, until] = [Date.parse(batch.createdAt), isRunning ? Date.now() : Date.parse(batch.finishedAt ?? '')];
  const [{ changes, retries }, others, consumers, door, work] = await Promise.all([
    readStates(context, batch),
    readOthers(batch, from, until),
    readConsumers(from, until),
    openDoor(context),
    readWork(batch.id),
  ]);
  const edges = edgesOf(batch, from, Math.max(1, until - from), changes);
  const [{ averages, every }, slowest] = await Promise.all([
    readAverages(batch, from, edges, retries),
    readSlowest(batch, door),
  ]);
  const own = isJobType(batch.type) ? optionsOf(batch.type, batch.options) : { concurrency: 0, ratePerMinute: 0 };
  const placesOf = (at: number) => placesAt(batch, consumers, at);
  const segments = averages.map((average, i): Segment => {
    const [begin, end] = [from + (edges[i] ?? 0), from + (edges[i + 1] ?? 0)];
    return {
      ...average,
      ms: end - begin,
      state: stateAt(batch, changes, begin),
      concurrency: concurrencyAt(changes, begin) ?? own.concurrency,
      places: placesOf((begin + end) / 2),
      ...occupiedBy(others, batch.type, begin, end),
    };
  });
  const open = batch.total - batch.completed - batch.failed - batch.cancelled;
  const { elapsedMs, parts } = divideTime(segments, {
    ratePerMinute: own.ratePerMinute,
    waitsForItems: !batch.sealed,
  });
  const shares = TIME_CAUSES.map((cause): TimeShare => {
    const ms = parts[cause];
    return { cause, ms, share: elapsedMs > 0 ? Math.min(1, ms / elapsedMs) : 0 };
  })
    .filter(({ ms }) => ms > 0)
    .sort((a, b) => b.ms - a.ms);
  const places = isRunning ? placesOf(until) : placesOf((from + until) / 2);
  return {
    from: batch.createdAt,
    until: new Date(until).toISOString(),
    elapsedMs,
    isRunning,
    shares,
    limiter: nameLimiter({ ...own, shares, elapsedMs, open, total: batch.total, work: work.work, places }),
    ...work,
    remainingMs: batch.etaSeconds === null ? null : batch.etaSeconds * 1000,
    others: others.length,
    estimated: [
      ...(every > 1 ? (['sample'] as const) : []),
      ...(parts.others > 0 ? (['others'] as const) : []),
      ...(segments.some((segment) => segment.places === null) ? (['workers'] as const) : []),
    ],
    slowest,
  };
}

/** Returns the edges of segments, in milliseconds from the launch: equal parts, and every change of state. */
function edgesOf({ notBefore }: BatchDto, from: number, spanMs: number, changes: readonly StateChange[]): number[] {
  const moments = [...changes.map(({ at }) => at - from), notBefore ? Date.parse(notBefore) - from : 0];
  const equal = Array.from({ length: PARTS + 1 }, (_, i) => (spanMs * i) / PARTS);
  const inside = moments.filter((ms) => ms > 0 && ms < spanMs);
  return [...new Set([...equal, ...inside])].sort((a, b) => a - b);
}

function stateAt({ notBefore }: BatchDto, changes: readonly StateChange[], at: number): StateChange['state'] {
  const state = changes.findLast((change) => change.at <= at)?.state ?? 'running';
  return state === 'running' && notBefore && at < Date.parse(notBefore) ? 'held' : state;
}

const concurrencyAt = (changes: readonly StateChange[], at: number): number | null =>
  changes.findLast((change) => change.at <= at && change.concurrency !== null)?.concurrency ?? null;

/** Returns how many jobs of the type the consumers could run at a time; null if no consumer of that time is known. */
function placesAt({ type }: BatchDto, consumers: readonly ConsumerLife[], at: number): number | null {
  if (!isJobType(type) || consumers.length === 0) return null;
  return (
    consumers.filter(({ from, until }) => from <= at && at < until).length * definitionOf(type).consumerConcurrency
  );
}

/** Returns what other batches ran between two times, on average. */
function occupiedBy(
  others: readonly OtherBatch[],
  type: string,
  begin: number,
  end: number,
): Pick<Segment, 'othersRunning' | 'othersActive'> {
  const overlapping = others.map((other) => ({
    ...other,
    part: Math.max(0, Math.min(end, other.until) - Math.max(begin, other.from)) / Math.max(1e-9, end - begin),
  }));
  return {
    othersActive: overlapping.some(({ part }) => part > 0),
    othersRunning: overlapping
      .filter((other) => other.type === type)
      .reduce((sum, { running, part }) => sum + running * part, 0),
  };
}
