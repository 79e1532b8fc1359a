import { createHash } from 'node:crypto';
import { ON_TIME_SECONDS } from '@/lib/contracts/firing';
import { CATCH_UP_SECONDS, type CatchUp } from '@/lib/contracts/schedule';
import { newestTimes, nextTime, type Timing } from './times';

/** Missed firings that are recorded; of a longer outage the newest. */
export const MAX_RECORDED = 1000;

export interface PlanInput {
  id: string;
  timing: Timing;
  /** the first due time that is not decided yet */
  nextDue: number;
  /** by the database's clock */
  now: number;
  jitterSeconds: number;
  catchUp: CatchUp;
  catchUpSeconds: number | null;
}

/** What is to be done about the due times that came; all times are milliseconds since 1970. */
export interface FiringPlan {
  onTime: number[];
  /** missed ones that run now */
  catchUp: number[];
  missed: number[];
  /** more were missed than are recorded */
  hasMore: boolean;
  nextDue: number | null;
  /** when it fires */
  nextAt: number | null;
}

/**
 * Returns when a due time fires: later by a part of the jitter, but before the next due time. Only the schedule and the
 * time decide, so that each supervisor gets the same.
 */
export function momentOf(id: string, due: number, next: number | null, jitterSeconds: number): number {
  if (jitterSeconds === 0) return due;
  const most = Math.min(jitterSeconds * 1000, next === null ? Number.POSITIVE_INFINITY : next - due - 1);
  const share = createHash('sha256').update(`${id} ${due}`).digest().readUInt32BE(0) / 2 ** 32;
  return due + Math.floor(Math.max(0, most) * share);
}

/** Returns the first due time after an instant, and when it fires. */
export function nextOf(id: string, timing: Timing, after: number, jitterSeconds: number) {
  const nextDue = nextTime(timing, after);
  if (nextDue === null) return { nextDue: null, nextAt: null };
  const following = jitterSeconds === 0 ? null : nextTime(timing, nextDue);
  return { nextDue, nextAt: momentOf(id, nextDue, following, jitterSeconds) };
}

/** Decides about all due times from `nextDue` to now: on time, missed, or missed and run now. */
export function planFirings({ id, timing, nextDue, now, jitterSeconds, ...input }: PlanInput): FiringPlan {
  const found = newestTimes(timing, nextDue, now, MAX_RECORDED + 1);
  const hasMore = found.length > MAX_RECORDED;
  const plan: FiringPlan = { onTime: [], catchUp: [], missed: [], hasMore, nextDue: null, nextAt: null };
  const times = hasMore ? found.slice(1) : found;
  const following = nextTime(timing, now);
  for (const [i, due] of times.entries()) {
    const at = momentOf(id, due, times[i + 1] ?? following, jitterSeconds);
    if (at > now) return { ...withCatchUp(plan, now, input), nextDue: due, nextAt: at };
    if (at < now - ON_TIME_SECONDS * 1000) plan.missed.push(due);
    else plan.onTime.push(due);
  }
  return { ...withCatchUp(plan, now, input), ...nextOf(id, timing, now, jitterSeconds) };
}

function withCatchUp(
  plan: FiringPlan,
  now: number,
  { catchUp, catchUpSeconds }: Pick<PlanInput, 'catchUp' | 'catchUpSeconds'>,
): FiringPlan {
  if (catchUp === 'none') return plan;
  const oldest = now - (catchUpSeconds ?? CATCH_UP_SECONDS) * 1000;
  const young = plan.missed.filter((due) => due >= oldest);
  const run = catchUp === 'last' ? young.slice(-1) : young;
  const runs = new Set(run);
  return { ...plan, catchUp: run, missed: plan.missed.filter((due) => !runs.has(due)) };
}
