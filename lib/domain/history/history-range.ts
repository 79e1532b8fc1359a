import { type HistoryQuery, MAX_HISTORY_POINTS } from '@/lib/contracts/history';
import { HISTORY_DEFAULT_MS, HISTORY_KEPT_MS, HISTORY_STEP_MS } from '@/lib/contracts/history-steps';
import { DomainError } from '@/lib/domain/errors';

/** Beginning of the first point and end of the last one, in milliseconds since 1970. */
export interface HistoryRange {
  from: number;
  to: number;
}

const refuse = (path: 'from' | 'step', message: string): DomainError =>
  new DomainError('invalid-query', `This range has no history: ${path} ${message}.`, { errors: [{ path, message }] });

/**
 * Returns the whole points that a request covers. What is no longer kept, and the future, are left out, because a point
 * that is not known must not show as zero.
 * @throws DomainError `invalid-query`
 */
export function rangeOf(query: HistoryQuery, now: number): HistoryRange {
  const { step } = query;
  const length = HISTORY_STEP_MS[step];
  const down = (at: number) => Math.floor(at / length) * length;
  const end = query.to === undefined ? now : Date.parse(query.to);
  const start = query.from === undefined ? end - HISTORY_DEFAULT_MS[step] : Date.parse(query.from);
  if (start >= end) throw refuse('from', 'must be before `to`');
  if ((end - start) / length > MAX_HISTORY_POINTS) {
    throw refuse('step', `is too short: at most ${MAX_HISTORY_POINTS} points are sent, this would be more`);
  }
  const from = Math.max(down(start), down(now - HISTORY_KEPT_MS[step]));
  const to = Math.min(down(end - 1), down(now)) + length;
  return { from, to: Math.max(from, to) };
}
