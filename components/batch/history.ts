import type { BatchDto } from '@/lib/contracts';

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

/** A line through the samples in a box, as an SVG path; newest at the right edge. */
export function linePath(values: readonly number[], width: number, height: number, top: number, slots: number): string {
  if (values.length === 0) return '';
  const step = width / Math.max(1, slots - 1);
  const offset = width - (values.length - 1) * step;
  return values
    .map((value, i) => {
      const y = top > 0 ? height - (value / top) * height : height;
      return `${i === 0 ? 'M' : 'L'}${(offset + i * step).toFixed(1)} ${y.toFixed(1)}`;
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
