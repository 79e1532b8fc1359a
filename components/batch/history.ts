import type { BatchDto, ThroughputDto } from '@/lib/contracts/batch';

/** The state of a batch that this tab observed in one second. */
export interface Sample {
  at: number;
  rate: number;
  /** failures since the previous sample */
  failed: number;
}

const KEEP = 180;
const MAX_BATCHES = 20;

interface History {
  samples: Sample[];
  run: number;
  failed: number;
}

/** The throughput that this tab observed. It survives navigation within the app, but not a reload. */
const histories = new Map<string, History>();

/**
 * Adds a sample, at most one a second. A new run starts a new curve. Returns the samples: a new array if one was added.
 */
export function remember(
  batch: Pick<BatchDto, 'id' | 'run' | 'ratePerSecond' | 'failed' | 'paused'>,
  now: number,
): Sample[] {
  let history = histories.get(batch.id);
  if (!history || history.run !== batch.run) {
    history = { samples: [], run: batch.run, failed: batch.failed };
    histories.delete(batch.id);
    histories.set(batch.id, history);
    const oldest = histories.keys().next();
    if (histories.size > MAX_BATCHES && !oldest.done) histories.delete(oldest.value);
  }
  const last = history.samples.at(-1);
  if (last && now - last.at < 950) return history.samples;
  const sample = {
    at: now,
    rate: batch.paused ? 0 : (batch.ratePerSecond ?? 0),
    failed: Math.max(0, batch.failed - history.failed),
  };
  history.failed = batch.failed;
  history.samples = [...history.samples.slice(1 - KEEP), sample];
  return history.samples;
}

/** Returns the samples that this tab has recorded. */
export const recall = (batchId: string): Sample[] => histories.get(batchId)?.samples ?? [];

/** One point of the curve: the rate, and the failures since the previous point. */
export interface Point extends Sample {
  /** milliseconds since the previous point */
  since: number;
}

/**
 * Returns the whole curve: the server's points, then the samples of this tab. `until` is the time of the server's
 * response on this tab's clock, which may differ from the server's clock.
 */
export function curveOf(known: ThroughputDto | undefined, seen: readonly Sample[], until: number): Point[] {
  const from = known?.from ? Date.parse(known.from) : null;
  const points: Point[] = [];
  if (known && from !== null) {
    for (const [i, { finished, failed }] of known.points.entries()) {
      points.push({
        at: from + (i + 1) * known.stepMs,
        rate: (finished * 1000) / known.stepMs,
        failed,
        since: known.stepMs,
      });
    }
  }
  const end = points.at(-1)?.at;
  for (const sample of seen) {
    if (end !== undefined && sample.at <= until) continue;
    const at = end === undefined ? sample.at : sample.at - until + end;
    points.push({ ...sample, at, since: Math.max(1, at - (points.at(-1)?.at ?? at - 1000)) });
  }
  return points;
}

/** Returns an SVG path through the points. The first point is at the left edge, the newest at the right edge. */
export function linePath(points: readonly Point[], width: number, height: number, top: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return '';
  const [from, span] = [first.at, Math.max(1, last.at - first.at)];
  return points
    .map(({ at, rate }, i) => {
      const y = top > 0 ? height - (rate / top) * height : height;
      return `${i === 0 ? 'M' : 'L'}${(((at - from) / span) * width).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

/** Returns a round upper bound for a scale. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 1.5, 2, 3, 4, 5, 8, 10]) if (power * factor >= value) return power * factor;
  return value;
}
