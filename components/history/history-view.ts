import type { HistoryQuestion } from '@/lib/client/queries/history';
import { HISTORY_KEPT_MS, HISTORY_STEPS, type HistoryStep } from '@/lib/contracts/history-steps';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The ranges that one click chooses, by their name in the URL. */
export const RANGES = [
  { name: '1h', label: '1 hour', step: 'minute', lastMs: HOUR },
  { name: '24h', label: '24 hours', step: 'hour', lastMs: DAY },
  { name: '7d', label: '7 days', step: 'hour', lastMs: 7 * DAY },
  { name: '30d', label: '30 days', step: 'day', lastMs: 30 * DAY },
  { name: '400d', label: '400 days', step: 'day', lastMs: 400 * DAY },
] as const satisfies readonly { name: string; label: string; step: HistoryStep; lastMs: number }[];

const [FIRST] = RANGES;

/** What the page shows: all of it is in the URL. */
export interface HistoryView extends HistoryQuestion {
  /** the name of a range; empty for one of one's own */
  range: string;
  compare: boolean;
  asTable: boolean;
}

const isMoment = (text: string | null): text is string => text !== null && !Number.isNaN(Date.parse(text));

/** The shortest step that is still kept for all of a range. */
export const stepFor = (from: string, to: string, now: number): HistoryStep =>
  HISTORY_STEPS.find(
    (step) =>
      now - Date.parse(from) <= HISTORY_KEPT_MS[step] && Date.parse(to) - Date.parse(from) <= HISTORY_KEPT_MS[step],
  ) ?? 'day';

/** Reads what the URL says; what it does not say clearly is the last hour. */
export function viewOf(params: URLSearchParams, now: number): HistoryView {
  const [from, to] = [params.get('from'), params.get('to')];
  const type = params.get('type')?.slice(0, 200) || undefined;
  const shared = { type, compare: params.get('compare') === 'before', asTable: params.get('as') === 'table' };
  if (isMoment(from) && isMoment(to) && Date.parse(from) < Date.parse(to)) {
    const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return { ...shared, range: '', step: stepFor(span.from, span.to, now), span };
  }
  const { name, step, lastMs } = RANGES.find((range) => range.name === params.get('range')) ?? FIRST;
  return { ...shared, range: name, step, span: { lastMs } };
}

/** What a range is compared with, or why it can't be. */
export type Comparison = { backMs: number; label: string } | { reason: string };

/** Hours are compared with those of the day before, days with as many days before them. */
export function comparisonOf({ step, span }: HistoryQuestion, now: number): Comparison {
  if (step === 'minute') return { reason: 'Minutes are kept for 2 hours. A range of hours can be compared' };
  if (step === 'hour') return { backMs: DAY, label: 'the day before' };
  const [from, length] =
    'lastMs' in span
      ? [now - span.lastMs, span.lastMs]
      : [Date.parse(span.from), Date.parse(span.to) - Date.parse(span.from)];
  const days = Math.ceil(length / DAY);
  if (now - from + days * DAY > HISTORY_KEPT_MS.day) return { reason: 'Days are kept for 400 days' };
  return { backMs: days * DAY, label: `the ${days} days before` };
}

/** The query of the jobs that ended between two moments; the end does not belong to it. */
export const jobsQuery = (
  from: number,
  to: number,
  { status, type }: { status?: string; type?: string | undefined },
): string => {
  const parts = [`finished:${new Date(from).toISOString()}..${new Date(to - 1).toISOString()}`];
  if (status) parts.push(`status:${status}`);
  if (type) parts.push(`type:${type}`);
  return parts.join(' ');
};

/** Returns the places of the values that have no value beside them; null if there is none. */
export function loneValues(values: readonly (number | null)[]): number[] | null {
  const isValue = (i: number) => (values[i] ?? null) !== null;
  const places = values.flatMap((_, i) => (isValue(i) && !isValue(i - 1) && !isValue(i + 1) ? [i] : []));
  return places.length > 0 ? places : null;
}
