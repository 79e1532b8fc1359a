/**
 * The format of numbers, times and rates on every screen. Always English, so that server and browser render the same.
 */

import type { Costs } from '@/lib/contracts/costs';

const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,200` */
export const formatNumber = (n: number): string => integer.format(n);

const decimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });

/** `0.5`, `1,200.25`: a number that need not be whole */
export const formatDecimal = (n: number): string => decimal.format(n);

const cents = { style: 'currency', currency: 'USD', minimumFractionDigits: 2 } as const;
const dollars = new Intl.NumberFormat('en-US', { ...cents, maximumFractionDigits: 2 });
const partsOfCents = new Intl.NumberFormat('en-US', { ...cents, maximumFractionDigits: 6 });

/** `$12.50`, `$0.000125` */
export const formatUsd = (n: number): string => (n >= 1 ? dollars : partsOfCents).format(n);

/** `1,200 tokens · $0.25`; empty without costs */
export const formatCosts = ({ tokens, usd }: Costs): string =>
  [tokens ? formatCount(Math.round(tokens), 'token') : '', usd ? formatUsd(usd) : ''].filter(Boolean).join(' · ');

/** `1 item`, `1,200 items` */
export const formatCount = (n: number, one: string, many = `${one}s`): string =>
  `${formatNumber(n)} ${n === 1 ? one : many}`;

/** `1 item runs again`, `1,200 items run again` */
export const sayRunAgain = (n: number, one: string): string =>
  `${formatCount(n, one)} ${n === 1 ? 'runs' : 'run'} again`;

/** `850 ms`, `1.4 s`, `42 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export function formatDuration(ms: number): string {
  const clean = Math.max(0, ms);
  if (clean < 1000) return `${Math.round(clean)} ms`;
  if (clean < 9_950) return `${(clean / 1000).toFixed(1).replace('.0', '')} s`;
  const seconds = Math.round(clean / 1000);
  if (seconds < 60) return `${seconds} s`;
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    small ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A duration that still grows, in whole seconds: `4 s`, `3 min 20 s` */
export const formatElapsed = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
};

/** `312 /s`, `4.2 /s`, `18 /min`; a rate below one an hour has no number */
export function formatRate(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined || perSecond <= 0) return '–';
  if (perSecond >= 10) return `${formatNumber(perSecond)} /s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)} /s`;
  const perMinute = perSecond * 60;
  return perMinute >= 1 ? `${formatNumber(perMinute)} /min` : `${formatNumber(Math.max(1, perMinute * 60))} /h`;
}

/** `61%`; below 100 until everything is finished, above 0 once something is finished */
export function formatPercent(progress: number, finished = progress >= 100, begun = progress > 0): string {
  if (finished) return '100%';
  if (begun && progress < 1) return '<1%';
  return `${Math.min(99, Math.floor(progress))}%`;
}

/** `1.4 MB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1000;
    unit += 1;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `just now`, `40 s ago`, `4 min ago`, `in 3 h`, `12 Mar`, `12 Mar 2024` */
export function formatRelative(at: string | number | Date, now: number = Date.now()): string {
  const time = new Date(at).getTime();
  const delta = now - time;
  const size = Math.abs(delta);
  if (size < 5_000) return 'just now';
  const word = (text: string) => (delta >= 0 ? `${text} ago` : `in ${text}`);
  if (size < 60_000) return word(`${Math.round(size / 1000)} s`);
  if (size < 3_600_000) return word(`${Math.round(size / 60_000)} min`);
  if (size < 24 * 3_600_000) return word(`${Math.round(size / 3_600_000)} h`);
  if (size < 7 * 24 * 3_600_000) return word(`${Math.round(size / (24 * 3_600_000))} d`);
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(time);
}

/** `2026-03-12 14:05:31 GMT+1`: the exact time in the user's time zone */
export function formatExact(at: string | number | Date): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' }).format(new Date(at));
  const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset' })
    .formatToParts(new Date(at))
    .find((p) => p.type === 'timeZoneName')?.value;
  return zone ? `${parts} ${zone}` : parts;
}

/** `12:04:31` */
export const formatClock = (at: string | number | Date): string =>
  new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(new Date(at));

/** Formats seconds as a rounded duration. Longer durations are rounded more coarsely. */
function sayMinutes(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 55) return `${Math.round(seconds / 5) * 5} s`;
  if (seconds < 3300) return `${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 36 * 3600) return `${(seconds / 3600).toFixed(seconds < 9 * 3600 ? 1 : 0).replace('.0', '')} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** `about 4 min left`, `4–9 min left`, `too early to say`: the wording shows how certain the estimate is. */
export function formatEta(etaSeconds: number | null | undefined, finished: number, total: number): string {
  if (etaSeconds === null || etaSeconds === undefined || finished < 3) return 'too early to say';
  if (etaSeconds < 1) return 'almost done';
  const sure = finished >= 30 && (finished / Math.max(1, total) >= 0.05 || finished >= 500);
  if (sure) return `about ${sayMinutes(etaSeconds)} left`;
  const [low, high] = [sayMinutes(etaSeconds * 0.7), sayMinutes(etaSeconds * 1.6)];
  if (low === high) return `about ${low} left`;
  const [lowNumber, lowUnit] = low.split(' ');
  return high.endsWith(` ${lowUnit}`) ? `${lowNumber}–${high} left` : `${low} – ${high} left`;
}

/** Returns the last characters of an id for lists, because the ends differ most. Show the full id in the title. */
export const shortId = (id: string): string => (id.length > 12 ? id.slice(-8) : id);

/** The share of failures among what ran to its end: `0%`, `<1%`, `12%`. Cancelled work is not in it. */
export const formatFailures = ({ completed, failed }: { completed: number; failed: number }): string =>
  failed === 0 ? '0%' : formatPercent((failed * 100) / (completed + failed));
