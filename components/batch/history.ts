import type { BatchDto, ThroughputDto } from '@/lib/contracts/batch';

/** What was seen of a batch in one second. */
export interface Sample {
  at: number;
  rate: number;
  /** failures since the sample before */
  failed: number;
}

const KEEP = 180;
const MAX_BATCHES = 20;

interface History {
  samples: Sample[];
  run: number;
  failed: number;
}

/** Throughput as this tab has seen it: kept over page changes, not over reloads. */
const histories = new Map<string, History>();

/** Adds a sample, at most one a second. A new run begins a new line. Gives the samples, a new array when one was added. */
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

/** What this tab has seen so far. */
export const recall = (batchId: string): Sample[] => histories.get(batchId)?.samples ?? [];

/** What is drawn of a moment: the rate until then, and what failed since the moment before. */
export interface Point extends Sample {
  /** milliseconds since the moment before */
  since: number;
}

/**
 * The whole curve: what the server counted so far, then what this tab has seen since. `until` is when the server
 * answered, by this tab's clock, which may be another one.
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

/** A line through the points in a box, as an SVG path; the first begins at the left, the newest is at the right edge. */
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

/** A round upper edge for a scale. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 1.5, 2, 3, 4, 5, 8, 10]) if (power * factor >= value) return power * factor;
  return value;
}
