import type { FiringList, ListFiringsQuery } from '@/lib/contracts/firing';
import type {
  ListSchedulesQuery,
  PreviewScheduleBody,
  PreviewTimes,
  ScheduleDto,
  ScheduleList,
} from '@/lib/contracts/schedule';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { findSchedule, loadSchedule, loadSchedules, readNow } from './load-schedules';
import { requireRange, toDate } from './schedule-fields';
import { FIRING_COLUMNS, type FiringRow, timingOf, toFiringDto } from './schedule-row';
import { noteOf } from './times/notes';
import { nextTime, type Timing } from './times/times';
import { wordsOf } from './times/words';

/** Lists the schedules of the organization, newest first. @throws DomainError `forbidden` */
export async function listSchedules(context: Context, { q, limit, cursor }: ListSchedulesQuery): Promise<ScheduleList> {
  requirePermission(context, 'schedule.see');
  const words = q?.trim()
    ? sql`(position(lower(${q.trim()}) in lower(s.name)) > 0 or s.id::text = lower(${q.trim()}))`
    : sql`true`;
  const found = await loadSchedules(
    context,
    sql`(${cursor ?? null}::uuid is null or s.id < ${cursor ?? null}::uuid) and ${words} order by s.id desc limit ${limit + 1}`,
  );
  const schedules = found.slice(0, limit);
  return { schedules, nextCursor: found.length > limit ? (schedules.at(-1)?.id ?? null) : null };
}

/** Returns a schedule with its last firings. @throws DomainError `forbidden`, `not-found` */
export async function getSchedule(context: Context, id: string): Promise<ScheduleDto> {
  requirePermission(context, 'schedule.see');
  return loadSchedule(context, id);
}

/** Lists the firings of a schedule, newest first. @throws DomainError `forbidden`, `not-found` */
export async function listFirings(context: Context, id: string, query: ListFiringsQuery): Promise<FiringList> {
  requirePermission(context, 'schedule.see');
  await findSchedule(pool(), context, id);
  const { status, limit, cursor } = query;
  const { rows } = await pool().query<FiringRow>(
    sql`select ${FIRING_COLUMNS} from schedule_firing f where f.schedule_id = ${id}
       and (${status ?? null}::text[] is null or f.status = any(${status ?? null}::text[]))
       and (${cursor ?? null}::float8 is null or f.due_at < to_timestamp(${cursor ?? null}::float8 / 1000))
     order by f.due_at desc limit ${limit + 1}`,
  );
  const door = await openDoor(context);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    firings: shown.map((row) => toFiringDto(row, door)),
    nextCursor: rows.length > limit && last ? String(last.dueAt.getTime()) : null,
  };
}

/**
 * Returns the next times of a schedule that need not exist, with what changes of the clocks do to them.
 * @throws DomainError `forbidden`, `invalid-request`
 */
export async function previewSchedule(context: Context, body: PreviewScheduleBody): Promise<PreviewTimes> {
  requirePermission(context, 'schedule.see');
  const { cron = null, everySeconds = null, timeZone, exclude = [], count } = body;
  const [startAt, endAt] = [toDate(body.startAt), toDate(body.endAt)];
  requireRange(startAt, endAt);
  const now = await readNow(pool());
  const timing = timingOf({ cron, everySeconds, timeZone, anchor: startAt ?? now, startAt, endAt, exclude });
  const times: PreviewTimes['times'] = [];
  for (let at = nextTime(timing, now); at !== null && times.length < count; at = nextTime(timing, at)) {
    times.push(withNote(timing, at));
  }
  return { times, words: wordsOf({ cron, everySeconds }) };
}

/** Returns a due time with what a change of the clocks does to it. */
export function withNote(timing: Timing, at: number): PreviewTimes['times'][number] {
  const note = noteOf(timing, at);
  return { at: new Date(at).toISOString(), ...(note === undefined ? {} : { note }) };
}
