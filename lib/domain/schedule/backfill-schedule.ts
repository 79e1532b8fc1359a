import { type BackfillBody, type BackfillResult, MAX_BACKFILL } from '@/lib/contracts/firing';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { admitFirings } from './firing/admit-firings';
import { lockSchedule, readNow } from './load-schedules';
import { withNote } from './read-schedules';
import { timingOf } from './schedule-row';
import { timesBetween } from './times/times';

/**
 * Launches for due times of the past: those that were missed or skipped, that failed, or from before the schedule
 * existed. What was launched before is not launched again. Supervisors launch them within seconds.
 * @throws DomainError `not-found`, `forbidden`, `invalid-request`, `limit-exceeded`
 */
export async function backfillSchedule(context: Context, id: string, body: BackfillBody): Promise<BackfillResult> {
  requirePermission(context, 'schedule.run');
  const [from, to] = [Date.parse(body.from), Date.parse(body.to)];
  if (from > to) {
    throw new DomainError('invalid-request', 'The range of a backfill must begin before it ends.', {
      errors: [{ path: 'to', message: 'must not be before from' }],
    });
  }
  return transaction(async ({ db }) => {
    const schedule = await lockSchedule(db, context, id, 'run');
    requirePermission(context, `${schedule.kind}.launch`);
    const now = await readNow(db);
    // What comes before the start, and what counts from the creation, is what a backfill is for.
    const timing = timingOf({ ...schedule, startAt: null, anchor: anchorBefore(schedule, from) });
    const times = timesBetween(timing, from, Math.min(to, now), MAX_BACKFILL + 1);
    if (times.length > MAX_BACKFILL) {
      throw new DomainError(
        'limit-exceeded',
        `The range has more than ${MAX_BACKFILL} due times. Choose a shorter one.`,
      );
    }
    const known = await readKnown(db, id, times);
    const open = times.filter((at) => !known.has(at));
    const shown = open.map((at) => withNote(timing, at));
    if (body.dry) return { times: shown, known: known.size, dry: true };
    const overlap = body.overlap ?? (schedule.overlap === 'allow' ? 'allow' : 'queue');
    await admitFirings(
      db,
      schedule,
      open.map((at) => ({ at, kind: 'backfill' })),
      overlap,
    );
    const after = { from: body.from, to: body.to, count: open.length };
    await audit(db, context, 'schedule.backfill', { kind: 'schedule', id, name: schedule.name }, { after });
    return { times: shown, known: known.size, dry: false };
  });
}

/** An interval is continued backwards. */
function anchorBefore({ anchor, everySeconds }: { anchor: Date; everySeconds: number | null }, from: number): number {
  if (everySeconds === null) return anchor.getTime();
  const period = everySeconds * 1000;
  return anchor.getTime() - Math.max(0, Math.ceil((anchor.getTime() - from) / period) + 1) * period;
}

/** Due times that were launched, or are about to be. */
async function readKnown(db: Queryable, id: string, times: readonly number[]): Promise<Set<number>> {
  const { rows } = await db.query<{ dueAt: Date }>(
    sql`select f.due_at as "dueAt" from unnest(${times}::float8[]) as t (at) join schedule_firing f
       on f.schedule_id = ${id} and f.due_at = to_timestamp(t.at / 1000)::timestamptz(3)
     where f.status in ('launched', 'queued')`,
  );
  return new Set(rows.map(({ dueAt }) => dueAt.getTime()));
}
