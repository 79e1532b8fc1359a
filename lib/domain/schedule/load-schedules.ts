import type { ScheduleDto } from '@/lib/contracts/schedule';
import type { ScheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { type Context, may } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';
import { launchAt } from './launch-summary';
import { problemOf } from './problem';
import { FIRING_COLUMNS, type FiringRow, SCHEDULE_COLUMNS, type ScheduleRow, toScheduleDto } from './schedule-row';

/** Firings that a schedule shows with itself. */
const RECENT = 20;

/** Returns schedules as lists show them. @param which an SQL condition on `schedule s`, with order and limit */
export async function loadSchedules(context: Context, which: Sql): Promise<ScheduleDto[]> {
  const db = pool();
  const { rows } = await db.query<ScheduleRow>(
    sql`select ${SCHEDULE_COLUMNS} from schedule s where s.organization_id = ${context.organizationId} and ${which}`,
  );
  const door = await openDoor(context);
  const firings = await readRecent(rows.map(({ id }) => id));
  const problems = new Map<string, string | null>();
  for (const { types } of rows) {
    const key = types.join();
    if (!problems.has(key)) problems.set(key, await problemOf(db, types));
  }
  return rows.map((row) =>
    toScheduleDto(row, {
      firings: firings.get(row.id) ?? [],
      problem: problems.get(row.types.join()) ?? null,
      door,
      reader: context.actor.id,
    }),
  );
}

async function readRecent(ids: readonly string[]): Promise<Map<string, FiringRow[]>> {
  const { rows } = await pool().query<FiringRow & { id: string }>(
    sql`select s.id, ${FIRING_COLUMNS} from unnest(${ids}::uuid[]) as s (id)
     cross join lateral (select * from schedule_firing r where r.schedule_id = s.id order by r.due_at desc limit ${RECENT}) f`,
  );
  const found = new Map<string, FiringRow[]>();
  for (const { id, ...firing } of rows) found.set(id, [...(found.get(id) ?? []), firing]);
  return found;
}

/**
 * Returns one schedule to whoever may see it or just changed it, with what it launches where contents are not hidden.
 * @throws DomainError `not-found`
 */
export async function loadSchedule(context: Context, id: string): Promise<ScheduleDto> {
  if (!isId(id)) throw notFound('schedule', id);
  const [schedule] = await loadSchedules(context, sql`s.id = ${id}`);
  if (!schedule) throw notFound('schedule', id);
  const { launch } = await findSchedule(pool(), context, id);
  const shown = await launchAt(await openDoor(context), launch);
  return shown === undefined ? schedule : { ...schedule, launch: shown };
}

/** The row of a schedule with what it launches. */
export type WholeSchedule = ScheduleRow & { launch: ScheduledLaunch };

/** Returns the row of a schedule. @throws DomainError `not-found` */
export async function findSchedule(db: Queryable, context: Context, id: string): Promise<WholeSchedule> {
  if (!isId(id)) throw notFound('schedule', id);
  const { rows } = await db.query<WholeSchedule>(
    sql`select ${SCHEDULE_COLUMNS}, s.launch from schedule s where s.id = ${id} and s.organization_id = ${context.organizationId}`,
  );
  if (!rows[0]) throw notFound('schedule', id);
  return rows[0];
}

/**
 * Locks the row of a schedule that the caller changes: everybody may change what they created themselves.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function lockSchedule(db: Queryable, context: Context, id: string, doing: string): Promise<WholeSchedule> {
  if (!isId(id)) throw notFound('schedule', id);
  const { rows } = await db.query<WholeSchedule>(
    sql`select ${SCHEDULE_COLUMNS}, s.launch from schedule s where s.id = ${id} and s.organization_id = ${context.organizationId} for update`,
  );
  const [row] = rows;
  if (!row) throw notFound('schedule', id);
  if (row.createdById !== context.actor.id && !may(context, 'schedule.change-others')) {
    throw new DomainError(
      'forbidden',
      `Only an administrator may ${doing} a schedule that somebody else created. You may do so with your own.`,
    );
  }
  return row;
}

/** Returns the database's time, in milliseconds since 1970. */
export async function readNow(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: Date }>(sql`select now()::timestamptz(3) as now`);
  return rows[0]?.now.getTime() ?? Date.now();
}
