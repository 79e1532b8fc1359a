import { stringifyJson } from '@/lib/contracts/json';
import type { CreateScheduleBody, ScheduleDto } from '@/lib/contracts/schedule';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { keepSecrets } from '@/lib/domain/notification/event/kept-secrets';
import { requireOrganization } from '@/lib/domain/organization/limits/require-room';
import { checkLaunch } from './check-launch';
import { notifyOf, summaryOf, withoutNotifySecrets } from './launch-summary';
import { loadSchedule, readNow } from './load-schedules';
import { fieldsInAudit, requireRange, toDate, useScheduledFiles } from './schedule-fields';
import { timingOf } from './schedule-row';
import { nextOf } from './times/plan-firings';

/** Schedules of one organization. */
const MAX_SCHEDULES = 1000;

/**
 * Creates a schedule, which fires from now on unless it begins paused.
 * @throws DomainError `forbidden`, `invalid-request` for times, and those of what it launches (see `checkLaunch`)
 */
export async function createSchedule(context: Context, body: CreateScheduleBody): Promise<ScheduleDto> {
  requirePermission(context, 'schedule.create');
  const { kind, types } = await checkLaunch(context, body.launch);
  const launch = withoutNotifySecrets(body.launch);
  const id = newId();
  const [startAt, endAt] = [toDate(body.startAt), toDate(body.endAt)];
  requireRange(startAt, endAt);
  const { cron = null, everySeconds = null, timeZone, exclude = [], jitterSeconds = 0, paused = false } = body;
  await transaction(async ({ db }) => {
    const now = await readNow(db);
    const anchor = startAt ?? new Date(now);
    const timing = timingOf({ cron, everySeconds, timeZone, anchor, startAt, endAt, exclude });
    const next = nextOf(id, timing, now, jitterSeconds);
    const { rows } = await db.query<{ count: number }>(
      sql`select count(*)::int as count from schedule where organization_id = ${context.organizationId}`,
    );
    if ((rows[0]?.count ?? 0) >= MAX_SCHEDULES) {
      throw new DomainError(
        'limit-exceeded',
        `An organization may have at most ${MAX_SCHEDULES} schedules; delete some.`,
      );
    }
    await db.query(
      sql`insert into schedule (id, organization_id, name, cron, every_seconds, time_zone, kind, launch, summary, types, overlap, catch_up,
         catch_up_seconds, jitter_seconds, start_at, end_at, exclude, pause_after_failures, anchor, paused_at, next_due, next_at,
         created_by, created_by_id)
       values (${id}, ${context.organizationId}, ${body.name}, ${cron}, ${everySeconds}, ${timeZone}, ${kind},
         ${stringifyJson(launch)}, ${stringifyJson(summaryOf(launch))}, ${types}, ${body.overlap ?? 'skip'}, ${body.catchUp ?? 'none'}, ${body.catchUpSeconds ?? null},
         ${jitterSeconds}, ${startAt}, ${endAt}, ${stringifyJson(exclude)}, ${body.pauseAfterFailures ?? null}, ${anchor},
         case when ${paused} then now() end, ${paused ? null : toDate(next.nextDue)}, ${paused ? null : toDate(next.nextAt)},
         ${context.actor.name}, ${context.actor.id})`,
    );
    await keepSecrets(db, context, id, notifyOf(body.launch));
    await useScheduledFiles(db, context.organizationId, id);
    await requireOrganization(db, context);
    await audit(
      db,
      context,
      'schedule.create',
      { kind: 'schedule', id, name: body.name },
      { after: fieldsInAudit({ ...body, launch }) },
    );
  });
  return loadSchedule(context, id);
}
