import { logger } from '@/lib/config/logger';
import { ON_TIME_SECONDS, type Overlap } from '@/lib/contracts/firing';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { TIMING_COLUMNS, type TimingRow, timingOf } from '@/lib/domain/schedule/schedule-row';
import { type FiringPlan, MAX_RECORDED, type PlanInput, planFirings } from '@/lib/domain/schedule/times/plan-firings';
import { admitFirings, type Due, storeFirings } from './admit-firings';
import { settleFirings } from './settle-firings';

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
  const { rows: due } = await db.query<{ id: string }>(
    sql`select s.id from schedule s where s.next_at <= now() order by s.next_at limit 1 for update skip locked`,
  );
  const [schedule] = due;
  if (!schedule) return false;
  await decideDue(db, schedule.id);
  return true;
}

/**
 * Decides about the due times of a schedule that came, and sets the next one. The caller holds the lock of its row.
 * @param early also a due time that still waits for its jitter
 */
export async function decideDue(db: Queryable, id: string, { early = false } = {}): Promise<void> {
  // The end of the last run may have been the failure that pauses the schedule.
  await settleFirings(db, sql`f.schedule_id = ${id}`);
  const { rows } = await db.query<DueRow>(
    sql`select s.id, s.name, s.types, s.overlap, ${TIMING_COLUMNS}, s.catch_up as "catchUp", s.catch_up_seconds as "catchUpSeconds",
       s.jitter_seconds as "jitterSeconds", s.next_due as "nextDue", now()::timestamptz(3) as now
     from schedule s where s.id = ${id} and s.next_due is not null`,
  );
  const [row] = rows;
  const plan = row && planOf(row);
  if (!row || !plan) {
    if (row) await pauseBroken(db, row.id);
    return;
  }
  if (plan.missed.length > 0) {
    await storeFirings(db, row.id, plan.missed.map(missedFiring(plan.hasMore)), row.overlap);
    logger.warn(
      { scheduleId: row.id, missed: plan.missed.length, runNow: plan.catchUp.length },
      'A schedule missed due times, because no supervisor ran or it was late. Its policy decides which of them run now.',
    );
  }
  const dues: Due[] = [
    ...plan.catchUp.map((at): Due => ({ at, kind: 'catch-up' })),
    ...plan.onTime.map((at): Due => ({ at, kind: 'clock' })),
  ];
  if (early && plan.nextDue !== null && plan.nextDue <= row.now.getTime())
    dues.push({ at: plan.nextDue, kind: 'clock' });
  await admitFirings(db, row, dues, row.overlap);
  const [nextDue, nextAt] = [toDate(plan.nextDue), toDate(plan.nextAt)];
  // A pause after failures may have come with the decision.
  await db.query(
    sql`update schedule set next_due = ${nextDue}, next_at = ${nextAt} where id = ${row.id} and paused_at is null`,
  );
}

function planOf(row: DueRow): FiringPlan | undefined {
  try {
    return planFirings({
      id: row.id,
      timing: timingOf(row),
      nextDue: row.nextDue.getTime(),
      now: row.now.getTime(),
      jitterSeconds: row.jitterSeconds,
      catchUp: row.catchUp,
      catchUpSeconds: row.catchUpSeconds,
    });
  } catch (error) {
    logger.error({ err: error, scheduleId: row.id }, 'The times of a schedule could not be found. It is paused.');
    return undefined;
  }
}

/** Another version may understand an expression or a time zone that this one does not. Other schedules go on. */
async function pauseBroken(db: Queryable, id: string): Promise<void> {
  await db.query(
    sql`update schedule set paused_at = now(), paused_why = 'Its times could not be found. Enter them anew.', next_due = null, next_at = null
     where id = ${id}`,
  );
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
