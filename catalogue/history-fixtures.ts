import type { HistoryDto, HistoryPoint } from '@/lib/contracts/history';
import { HISTORY_STEP_MS, type HistoryStep } from '@/lib/contracts/history-steps';
import { json } from './server';

const wave = (i: number, high: number): number => Math.round((high / 2) * (1 + Math.sin(i / 5)));

function pointOf(at: number, i: number, busy: boolean): HistoryPoint {
  const completed = busy ? wave(i, 1200) : 0;
  const failed = busy && i % 9 === 4 ? 1 + (i % 40) : 0;
  const quantiles = (high: number) => (completed === 0 ? { p50: null, p95: null } : { p50: high, p95: high * 6 });
  return {
    at: new Date(at).toISOString(),
    ...{ started: completed + failed, completed, failed, cancelled: busy && i % 23 === 0 ? 12 : 0, retried: failed },
    durationMs: quantiles(40 + wave(i, 90)),
    waitedMs: quantiles(700 + wave(i, 4000)),
    ...{ queued: busy ? wave(i + 3, 40_000) : 0, workers: 4 },
  };
}

function answer(url: URL, busy: boolean): HistoryDto {
  const step = (url.searchParams.get('step') ?? 'minute') as HistoryStep;
  const length = HISTORY_STEP_MS[step];
  const whole = (name: string) => Math.floor(Date.parse(url.searchParams.get(name) ?? '') / length) * length;
  const [from, to] = [whole('from'), whole('to') + length];
  const count = Math.round((to - from) / length);
  const points = Array.from({ length: count }, (_, i) => pointOf(from + i * length, i, busy));
  const sum = (key: 'started' | 'completed' | 'failed' | 'cancelled' | 'retried') =>
    points.reduce((total, point) => total + point[key], 0);
  return {
    step,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    points,
    total: {
      ...{ started: sum('started'), completed: sum('completed'), failed: sum('failed') },
      ...{ cancelled: sum('cancelled'), retried: sum('retried'), queued: busy ? 40_000 : 0, workers: 4 },
      durationMs: busy ? { p50: 84, p95: 502 } : { p50: null, p95: null },
      waitedMs: busy ? { p50: 2700, p95: 16_000 } : { p50: null, p95: null },
    },
  };
}

/** A busy organization, over any range. */
export const history = (url: URL, init?: RequestInit) => json(answer(url, true))(url, init);
/** Nothing ended. */
export const quiet = (url: URL, init?: RequestInit) => json(answer(url, false))(url, init);
