import { z } from 'zod';
import { MIN_EVERY_SECONDS } from './bounds';
import { ITEM_SOURCES } from './choices';
import { count, nextCursor, time } from './fields';
import { FIRING_STATUSES, firingDto, moment, OVERLAPS } from './firing';
import { LAUNCH_KINDS, scheduledLaunch } from './scheduled-launch';
import { name, text } from './text';

/** Which firings that were missed run afterwards. */
export const CATCH_UPS = ['none', 'last', 'all'] as const;
export type CatchUp = (typeof CATCH_UPS)[number];

/** Missed firings that are older than this, in seconds, do not run unless `catchUpSeconds` allows it. */
export const CATCH_UP_SECONDS = 86_400;
/** Maximum number of times in one preview. */
export const MAX_PREVIEW = 100;

const YEAR_SECONDS = 366 * 86_400;

function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'is not an IANA time zone, such as Europe/Berlin')
  .describe('IANA name, such as Europe/Berlin');

const dateOrMoment = z.union([z.iso.date(), moment]);

const excludedTime = z
  .object({ from: z.string(), to: z.string() })
  .describe('dates in the time zone of the schedule, both included; or moments, of which `to` is not included');
export type ExcludedTime = z.infer<typeof excludedTime>;

/** `2026-12-24`, `2026-12-24/2027-01-01`, or an object with `from` and `to`. */
const excludeEntry = z.union([
  z.iso.date().transform((date): ExcludedTime => ({ from: date, to: date })),
  z
    .string()
    .regex(/^[\d-]{10}\/[\d-]{10}$/)
    .transform((range) => ({ from: range.slice(0, 10), to: range.slice(11) }))
    .pipe(z.object({ from: z.iso.date(), to: z.iso.date() })),
  z.strictObject({ from: dateOrMoment, to: dateOrMoment }),
]);

/** Maximum characters of a cron expression. */
export const CRON_LENGTH = 1000;

/** When a schedule fires. */
const timing = {
  cron: text(CRON_LENGTH).min(1).optional().describe('five fields: minute, hour, day of month, month, day of week'),
  everySeconds: z.int().min(MIN_EVERY_SECONDS).max(YEAR_SECONDS).optional().describe('instead of cron'),
  timeZone,
  startAt: moment.nullable().optional().describe('no firing before it'),
  endAt: moment.nullable().optional().describe('no firing after it'),
  exclude: z
    .array(excludeEntry)
    .max(200)
    .optional()
    .describe('dates and ranges without firings: `2026-12-24`, `2026-12-24/2027-01-01`, or `{ from, to }`'),
};

const policies = {
  overlap: z.enum(OVERLAPS).optional().describe('default: skip'),
  catchUp: z.enum(CATCH_UPS).optional().describe('which missed firings run; default: none'),
  catchUpSeconds: z
    .int()
    .min(1)
    .max(YEAR_SECONDS)
    .nullable()
    .optional()
    .describe(`missed firings that are older do not run; default: ${CATCH_UP_SECONDS}`),
  jitterSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe('each firing is delayed by up to this time, and always by the same'),
  pauseAfterFailures: z.int().min(1).max(100).nullable().optional().describe('pauses after so many failures in a row'),
  paused: z.boolean().optional(),
};

const oneTiming = {
  check: (b: { cron?: string | undefined; everySeconds?: number | undefined }) =>
    (b.cron === undefined) !== (b.everySeconds === undefined),
  message: 'give cron or everySeconds',
};
/** It is checked although other fields are wrong, so that one answer names every problem. */
const ALWAYS = {
  error: oneTiming.message,
  when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null,
};

export const createScheduleBody = z
  .strictObject({
    name: name(200),
    ...timing,
    timeZone: timeZone.default('UTC'),
    launch: scheduledLaunch,
    ...policies,
  })
  .refine(oneTiming.check, ALWAYS);
export type CreateScheduleBody = z.infer<typeof createScheduleBody>;

/** `cron` replaces `everySeconds` and the other way round. */
export const updateScheduleBody = z
  .strictObject({ name: name(200), ...timing, launch: scheduledLaunch, ...policies })
  .partial()
  .refine((b) => b.cron === undefined || b.everySeconds === undefined, oneTiming.message);
export type UpdateScheduleBody = z.infer<typeof updateScheduleBody>;

/** The body of a schedule, of which only the times matter. */
export const previewScheduleBody = z
  .strictObject({
    ...timing,
    ...policies,
    timeZone: timeZone.default('UTC'),
    name: z.unknown().optional(),
    launch: z.unknown().optional(),
    count: z.int().min(1).max(MAX_PREVIEW).default(10),
  })
  .refine(oneTiming.check, oneTiming.message);
export type PreviewScheduleBody = z.infer<typeof previewScheduleBody>;

export const previewTimes = z.object({
  times: z.array(z.object({ at: time, note: z.string().exactOptional().describe('what a change of the clocks does') })),
  words: z.string(),
});
export type PreviewTimes = z.infer<typeof previewTimes>;

const launchSummary = z.object({
  kind: z.enum(LAUNCH_KINDS),
  types: z.array(z.string()).describe('job types'),
  name: z.string().nullable(),
  count: count.nullable().describe('items or jobs; null where each firing reads them anew'),
  from: z.enum(ITEM_SOURCES).nullable().describe('where the items of a batch come from'),
  fileId: z.string().nullable(),
});
export type LaunchSummary = z.infer<typeof launchSummary>;

export const scheduleDto = z
  .object({
    id: z.string(),
    name: z.string(),
    cron: z.string().nullable(),
    everySeconds: z.int().nullable(),
    timeZone: z.string(),
    words: z.string().describe('when it fires, for people'),
    launches: launchSummary,
    launch: z
      .unknown()
      .exactOptional()
      .describe('what it launches; not in lists, and only for who sees contents of jobs'),
    overlap: z.enum(OVERLAPS),
    catchUp: z.enum(CATCH_UPS),
    catchUpSeconds: z.int().nullable(),
    jitterSeconds: z.int(),
    startAt: time.nullable(),
    endAt: time.nullable(),
    exclude: z.array(excludedTime),
    pauseAfterFailures: z.int().nullable(),
    paused: z.boolean(),
    pausedWhy: z.string().nullable().describe('null if it was paused by hand'),
    nextAt: time.nullable().describe('the next due time; null while it is paused, and after the last'),
    firesAt: time.nullable().describe('the next due time with its jitter'),
    lastAt: time.nullable(),
    lastStatus: z.enum(FIRING_STATUSES).nullable(),
    lastOutcome: z.string().nullable(),
    recent: z.array(firingDto).describe('the last 20 firings, oldest first'),
    problem: z.string().nullable().describe('why it can launch nothing at the moment: no worker runs its job type'),
    createdBy: z.string(),
    createdById: z.string(),
    own: z.boolean().describe('whether the caller created it'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Schedule', description: 'Launches a batch, a job or a flow by the clock.' });
export type ScheduleDto = z.infer<typeof scheduleDto>;

export const scheduleAnswer = z.object({ schedule: scheduleDto });
export type ScheduleAnswer = z.infer<typeof scheduleAnswer>;
export const scheduleList = z.object({ schedules: z.array(scheduleDto), nextCursor });
export type ScheduleList = z.infer<typeof scheduleList>;
export const deletedSchedule = z.object({ deleted: z.literal(true) });

export const listSchedulesQuery = z.strictObject({
  q: z.string().max(200).optional().describe('part of the name, or the id'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.uuid('is not a cursor of this list').optional(),
});
export type ListSchedulesQuery = z.infer<typeof listSchedulesQuery>;
