import { defined } from '@/lib/contracts/defined';
import { stringifyJson } from '@/lib/contracts/json';
import type { ScheduleDto, UpdateScheduleBody } from '@/lib/contracts/schedule';
import type { ScheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { keepSecrets } from '@/lib/domain/notification/event/kept-secrets';
import { openDoor } from '@/lib/domain/redaction/door';
import { restore } from '@/lib/domain/redaction/restore';
import { checkLaunch } from './check-launch';
import { dropQueued } from './firing/admit-firings';
import { decideDue } from './firing/fire-due';
import { launchAt, notifyOf, summaryOf, withoutNotifySecrets } from './launch-summary';
import { loadSchedule, lockSchedule, readNow } from './load-schedules';
import { fieldsInAudit, requireRange, toDate, useScheduledFiles } from './schedule-fields';
import { type ScheduleRow, timingOf } from './schedule-row';
import { nextOf } from './times/plan-firings';

/** Fields that decide when a schedule fires. */
const TIMES = ['cron', 'everySeconds', 'timeZone', 'startAt', 'endAt', 'exclude', 'jitterSeconds'] as const;

/**
 * Changes a schedule, pauses or resumes it. If its times change, those that came already are decided about by the old
 * ones, and the next one is counted from now on. What was missed while it was paused does not run.
 * @throws DomainError `not-found`, `forbidden`, and those of `createSchedule`
 */
export async function updateSchedule(context: Context, id: string, body: UpdateScheduleBody): Promise<ScheduleDto> {
  requirePermission(context, 'schedule.update');
  await transaction(async ({ db }) => {
    let before = await lockSchedule(db, context, id, 'change');
    const now = await readNow(db);
    const { paused: asked = before.pausedAt !== null } = body;
    const moves = asked !== (before.pausedAt !== null) || changed(before, merged(before, body), TIMES);
    if (moves && before.nextDue && before.nextDue.getTime() <= now) {
      await decideDue(db, id, { early: true });
      before = await lockSchedule(db, context, id, 'change');
    }
    const given = body.launch && (await restoreLaunch(context, body.launch, before.launch));
    const checked = given ? await checkLaunch(context, given) : { kind: before.kind, types: before.types };
    const launch = given && withoutNotifySecrets(given);
    const after = merged(before, body);
    requireRange(after.startAt, after.endAt);
    const { paused = before.pausedAt !== null } = body;
    const isMoved = changed(before, after, ['cron', 'everySeconds', 'startAt']);
    const anchor = isMoved ? (after.startAt ?? new Date(now)) : before.anchor;
    const timing = timingOf({ ...after, anchor });
    const next = moves ? nextOf(id, timing, now, after.jitterSeconds) : before;
    const resumed = before.pausedAt !== null && !paused;
    await db.query(
      sql`update schedule set name = ${after.name}, cron = ${after.cron}, every_seconds = ${after.everySeconds}, time_zone = ${after.timeZone},
         kind = ${checked.kind}, launch = ${stringifyJson(launch ?? before.launch)}, summary = ${stringifyJson(summaryOf(launch ?? before.launch))}, types = ${checked.types}, overlap = ${after.overlap},
         catch_up = ${after.catchUp}, catch_up_seconds = ${after.catchUpSeconds}, jitter_seconds = ${after.jitterSeconds},
         start_at = ${after.startAt}, end_at = ${after.endAt}, exclude = ${stringifyJson(after.exclude)},
         pause_after_failures = ${after.pauseAfterFailures}, anchor = ${anchor},
         paused_at = case when ${paused} then coalesce(paused_at, now()) end, paused_why = case when ${paused} then paused_why end,
         counted_from = case when ${resumed} then now() else counted_from end,
         next_due = ${paused ? null : next.nextDue && new Date(next.nextDue)}, next_at = ${paused ? null : next.nextAt && new Date(next.nextAt)}, updated_at = now()
       where id = ${id}`,
    );
    if (paused && before.pausedAt === null) await dropQueued(db, id, 'The schedule was paused.');
    if (given) {
      await keepSecrets(db, context, id, notifyOf(given));
      await useScheduledFiles(db, context.organizationId, id);
    }
    const target = { kind: 'schedule', id, name: after.name };
    await audit(db, context, actionOf(body, before), target, {
      before: fieldsInAudit(beforeOf(before, body)),
      after: fieldsInAudit({ ...body, ...(body.launch ? { launch: withoutNotifySecrets(body.launch) } : {}) }),
    });
  });
  return loadSchedule(context, id);
}

const changed = (before: ScheduleRow, after: ScheduleRow, fields: readonly (typeof TIMES)[number][]): boolean =>
  fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));

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
