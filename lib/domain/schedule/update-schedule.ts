import { defined } from '@/lib/contracts/defined';
import { stringifyJson } from '@/lib/contracts/json';
import type { ScheduleDto, ScheduledLaunch, UpdateScheduleBody } from '@/lib/contracts/schedule';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { restore } from '@/lib/domain/redaction/restore';
import { checkLaunch } from './check-launch';
import { dropQueued } from './firing/admit-firings';
import { launchAt, summaryOf } from './launch-summary';
import { loadSchedule, lockSchedule, readNow } from './load-schedules';
import { fieldsInAudit, requireRange, toDate, useScheduledFiles } from './schedule-fields';
import { type ScheduleRow, timingOf } from './schedule-row';
import { nextOf } from './times/plan-firings';

/**
 * Changes a schedule, pauses or resumes it. Due times are counted anew from now on: what was missed while it was paused
 * does not run.
 * @throws DomainError `not-found`, `forbidden`, and those of `createSchedule`
 */
export async function updateSchedule(context: Context, id: string, body: UpdateScheduleBody): Promise<ScheduleDto> {
  requirePermission(context, 'schedule.update');
  await transaction(async ({ db }) => {
    const before = await lockSchedule(db, context, id, 'change');
    const launch = body.launch && (await restoreLaunch(context, body.launch, before.launch));
    const checked = launch ? await checkLaunch(context, launch) : { kind: before.kind, types: before.types };
    const after = merged(before, body);
    requireRange(after.startAt, after.endAt);
    const now = await readNow(db);
    const { paused = before.pausedAt !== null } = body;
    const isMoved = ['cron', 'everySeconds', 'startAt'].some((field) => field in body);
    const anchor = isMoved ? (after.startAt ?? new Date(now)) : before.anchor;
    const next = nextOf(id, timingOf({ ...after, anchor }), now, after.jitterSeconds);
    const resumed = before.pausedAt !== null && !paused;
    await db.query(
      sql`update schedule set name = ${after.name}, cron = ${after.cron}, every_seconds = ${after.everySeconds}, time_zone = ${after.timeZone},
         kind = ${checked.kind}, launch = ${stringifyJson(launch ?? before.launch)}, summary = ${stringifyJson(summaryOf(launch ?? before.launch))}, types = ${checked.types}, overlap = ${after.overlap},
         catch_up = ${after.catchUp}, catch_up_seconds = ${after.catchUpSeconds}, jitter_seconds = ${after.jitterSeconds},
         start_at = ${after.startAt}, end_at = ${after.endAt}, exclude = ${stringifyJson(after.exclude)},
         pause_after_failures = ${after.pauseAfterFailures}, anchor = ${anchor},
         paused_at = case when ${paused} then coalesce(paused_at, now()) end, paused_why = case when ${paused} then paused_why end,
         counted_from = case when ${resumed} then now() else counted_from end,
         next_due = ${paused ? null : toDate(next.nextDue)}, next_at = ${paused ? null : toDate(next.nextAt)}, updated_at = now()
       where id = ${id}`,
    );
    if (paused && before.pausedAt === null) await dropQueued(db, id, 'The schedule was paused.');
    if (launch) await useScheduledFiles(db, context.organizationId, id);
    const target = { kind: 'schedule', id, name: after.name };
    await audit(db, context, actionOf(body, before), target, {
      before: fieldsInAudit(beforeOf(before, body)),
      after: fieldsInAudit(body),
    });
  });
  return loadSchedule(context, id);
}

/** What is redacted for its editor keeps the stored value. */
async function restoreLaunch(
  context: Context,
  next: ScheduledLaunch,
  stored: ScheduledLaunch,
): Promise<ScheduledLaunch> {
  const door = await openDoor(context);
  const whole = async () => (await launchAt(door, stored)) ?? {};
  return (await restore({ ...door, whole }, next, stored, 'data')) as ScheduledLaunch;
}

function merged(before: ScheduleRow, { launch: _, paused: __, cron, everySeconds, ...body }: UpdateScheduleBody) {
  const { startAt, endAt, ...plain } = body;
  return {
    ...before,
    ...defined(plain),
    ...(cron === undefined ? {} : { cron, everySeconds: null }),
    ...(everySeconds === undefined ? {} : { cron: null, everySeconds }),
    startAt: startAt === undefined ? before.startAt : toDate(startAt),
    endAt: endAt === undefined ? before.endAt : toDate(endAt),
  };
}

/** The fields that a change names, as they were. */
const beforeOf = (before: ScheduleRow, body: UpdateScheduleBody): UpdateScheduleBody => {
  const known: Record<string, unknown> = { ...before, paused: before.pausedAt !== null };
  return Object.fromEntries(Object.keys(body).map((field) => [field, known[field]])) as UpdateScheduleBody;
};

function actionOf({ paused, ...rest }: UpdateScheduleBody, { pausedAt }: ScheduleRow) {
  const changes = Object.keys(rest).length > 0 || paused === undefined || paused === (pausedAt !== null);
  if (changes) return 'schedule.update';
  return paused ? 'schedule.pause' : 'schedule.resume';
}
