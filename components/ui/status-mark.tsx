import type { ReactNode } from 'react';
import { cn } from './cn';
import { type MarkStatus, STATUS_LOOK } from './status';

const ring = <circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" strokeWidth="1.5" />;
const disc = <circle cx="8" cy="8" r="6.5" fill="currentColor" />;
/** Strokes cut into a filled shape, in the color of the surface behind it. */
const cut = (d: string, width = 1.75) => (
  <path d={d} fill="none" stroke="var(--surface)" strokeWidth={width} strokeLinecap="round" strokeLinejoin="round" />
);

const half = (
  <>
    {ring}
    <path d="M8 3.75a4.25 4.25 0 0 1 0 8.5Z" fill="currentColor" />
  </>
);

const SHAPE: Readonly<Record<MarkStatus, ReactNode>> = {
  pending: ring,
  delayed: (
    <>
      {ring}
      <path d="M8 4.75V8l2.25 1.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  'waiting-children': (
    <>
      {ring}
      <circle cx="5.4" cy="8" r="0.95" fill="currentColor" />
      <circle cx="8" cy="8" r="0.95" fill="currentColor" />
      <circle cx="10.6" cy="8" r="0.95" fill="currentColor" />
    </>
  ),
  active: half,
  'in-progress': half,
  completed: (
    <>
      {disc}
      {cut('M5 8.25 7.1 10.3 11 5.9')}
    </>
  ),
  partial: (
    <>
      {ring}
      <path d="M2.25 8a5.75 5.75 0 0 0 11.5 0Z" fill="currentColor" />
      {cut('M2.5 8h11', 1)}
    </>
  ),
  failed: (
    <>
      <rect x="1.75" y="1.75" width="12.5" height="12.5" rx="2" fill="currentColor" />
      {cut('m5.5 5.5 5 5m0-5-5 5')}
    </>
  ),
  cancelled: (
    <>
      {disc}
      {cut('M4.9 8h6.2')}
    </>
  ),
  paused: (
    <>
      <rect x="3.5" y="2.5" width="3.25" height="11" rx="1" fill="currentColor" />
      <rect x="9.25" y="2.5" width="3.25" height="11" rx="1" fill="currentColor" />
    </>
  ),
};

interface StatusMarkProps {
  status: MarkStatus;
  /** read by screen readers; omit it if the word is visible beside the mark */
  label?: string;
  /** no pulse animation, for legends and filters */
  still?: boolean;
  className?: string;
}

/** The shape of a status in its color. Everything with a status shows this mark. */
export function StatusMark({ status, label, still, className }: StatusMarkProps) {
  const pulses = (status === 'active' || status === 'in-progress') && !still;
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named by aria-label, or hidden if the word is visible beside it
    <svg
      viewBox="0 0 16 16"
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
      className={cn('size-3.5 shrink-0', STATUS_LOOK[status].text, pulses && 'animate-pulse-slow', className)}
    >
      {SHAPE[status]}
    </svg>
  );
}

interface StatusBadgeProps {
  status: MarkStatus;
  /** replaces the word of the status, for example `waiting for capacity` */
  word?: string | undefined;
  /** with a soft background, for headers; rows omit it */
  filled?: boolean;
  className?: string;
}

/** A status as color, shape and word. */
export function StatusBadge({ status, word, filled, className }: StatusBadgeProps) {
  const look = STATUS_LOOK[status];
  return (
    <span
      data-status={status}
      className={cn(
        'inline-flex items-center gap-1.5 whitespace-nowrap font-medium text-xs',
        look.text,
        filled && cn('h-6 rounded-md px-2', look.soft),
        className,
      )}
    >
      <StatusMark status={status} />
      {/* The word sets the baseline, so that the badge lines up with the text beside it. */}
      <span className={filled ? undefined : 'self-baseline'}>{word ?? look.word}</span>
    </span>
  );
}
