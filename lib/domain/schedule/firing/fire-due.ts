import { logger } from '@/lib/config/logger';
import { ON_TIME_SECONDS, type Overlap } from '@/lib/contracts/schedule';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { TIMING_COLUMNS, type TimingRow, timingOf } from '@/lib/domain/schedule/schedule-row';
import { MAX_RECORDED, type PlanInput, planFirings } from '@/lib/domain/schedule/times/plan-firings';
import { admitFirings, storeFirings } from './admit-firings';

interface DueRow extends TimingRow, Pick<PlanInput, 'catchUp' | 'catchUpSeconds' | 'jitterSeconds'> {
  id: string;
  name: string;
  types: string[];
  overlap: Overlap;
  nextDue: Date;
  now: Date;
}

/**
 * Decides about every schedule whose time has come, by the database's clock: each due time becomes a firing that is to be
 * launched, is skipped, or was missed. Decision and next due time are one transaction, so no due time is decided on twice.
 * @returns how many schedules it decided about
 */
export async function fireDue(): Promise<number> {
  let count = 0;
  while (await retrying(() => transaction(fireOne))) count += 1;
  return count;
}

/** Another supervisor skips a schedule that is being decided about. */
async function fireOne({ db }: Transaction): Promise<boolean> {
  const { rows } = await db.query<DueRow>(
    sql`select s.id, s.name, s.types, s.overlap, ${TIMING_COLUMNS}, s.catch_up as "catchUp", s.catch_up_seconds as "catchUpSeconds",
       s.jitter_seconds as "jitterSeconds", s.next_due as "nextDue", now()::timestamptz(3) as now
     from schedule s where s.next_at <= now() and s.next_due is not null order by s.next_at limit 1 for update skip locked`,
  );
  const [row] = rows;
  if (!row) return false;
  const plan = planFirings({
    id: row.id,
    timing: timingOf(row),
    nextDue: row.nextDue.getTime(),
    now: row.now.getTime(),
    jitterSeconds: row.jitterSeconds,
    catchUp: row.catchUp,
    catchUpSeconds: row.catchUpSeconds,
  });
  if (plan.missed.length > 0) {
    await storeFirings(db, row.id, plan.missed.map(missedFiring(plan.hasMore)), row.overlap);
    logger.warn(
      { scheduleId: row.id, missed: plan.missed.length, runNow: plan.catchUp.length },
      'A schedule missed due times, because no supervisor ran or it was late. Its policy decides which of them run now.',
    );
  }
  const dues = [
    ...plan.catchUp.map((at) => ({ at, kind: 'catch-up' as const })),
    ...plan.onTime.map((at) => ({ at, kind: 'clock' as const })),
  ];
  await admitFirings(db, row, dues, row.overlap);
  const [nextDue, nextAt] = [toDate(plan.nextDue), toDate(plan.nextAt)];
  // A pause after failures may have come with the decision.
  await db.query(
    sql`update schedule set next_due = ${nextDue}, next_at = ${nextAt} where id = ${row.id} and paused_at is null`,
  );
  return true;
}

const missedFiring = (hasMore: boolean) => (at: number, i: number) => ({
  at,
  kind: 'clock' as const,
  status: 'missed' as const,
  why:
    hasMore && i === 0
      ? `No supervisor was there within ${ON_TIME_SECONDS} s. Earlier ones than these ${MAX_RECORDED} were missed too.`
      : `No supervisor was there within ${ON_TIME_SECONDS} s.`,
});

const toDate = (at: number | null): Date | null => (at === null ? null : new Date(at));
