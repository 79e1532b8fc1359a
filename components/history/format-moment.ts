import type { HistoryStep } from '@/lib/contracts/history-steps';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const utcDay = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** The beginning of a point: `Sun 29 Nov, 14:05`, or the day in UTC. */
export const formatMoment = (at: number, step: HistoryStep): string =>
  step === 'day' ? `${utcDay.format(at)} (UTC)` : `${day.format(at)}, ${clock.format(at)}`;

/** A span of points: `Sun 29 Nov, 14:05–14:06`; days in UTC. */
export function formatSpan(from: number, to: number, step: HistoryStep): string {
  if (step === 'day') {
    const [first, last] = [utcDay.format(from), utcDay.format(to - 1)];
    return first === last ? `${first} (UTC)` : `${first} – ${last} (UTC)`;
  }
  const end = day.format(from) === day.format(to) ? clock.format(to) : formatMoment(to, step);
  return `${formatMoment(from, step)}–${end}`;
}
