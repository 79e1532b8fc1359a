import { z } from 'zod';
import { count, nextCursor, time } from './fields';

/** What happens to a firing while what an earlier one launched has not finished. */
export const OVERLAPS = ['skip', 'queue', 'replace', 'allow'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** `queued`: it waits for an earlier run, or is being launched. */
export const FIRING_STATUSES = ['queued', 'launched', 'skipped', 'missed', 'failed'] as const;
export type FiringStatus = (typeof FIRING_STATUSES)[number];

/** Why a firing is there: its time came, it was missed and runs afterwards, or somebody asked for it. */
export const FIRING_KINDS = ['clock', 'catch-up', 'hand', 'backfill'] as const;
export type FiringKind = (typeof FIRING_KINDS)[number];

/** Firings that are at most this many seconds late are on time. */
export const ON_TIME_SECONDS = 5;

/** Maximum number of times in one backfill. */
export const MAX_BACKFILL = 1000;

/** A moment as a caller gives it, with its offset. */
export const moment = z.iso.datetime({ offset: true });

const firedThing = {
  batchId: z.string().exactOptional(),
  jobId: z.string().exactOptional(),
  flowId: z.string().exactOptional(),
};

export const firingDto = z
  .object({
    dueAt: time,
    firedAt: time.nullable().describe('when it was launched; null if it was not'),
    status: z.enum(FIRING_STATUSES),
    kind: z.enum(FIRING_KINDS),
    byHand: z.boolean(),
    ...firedThing,
    outcome: z.string().nullable().describe('the status with which the launched run ended; null before'),
    why: z.string().exactOptional().describe('why it was not launched, or what of it was left out'),
  })
  .meta({ id: 'Firing', description: 'One due time of a schedule and what came of it.' });
export type FiringDto = z.infer<typeof firingDto>;

export const firingAnswer = z.object({ firing: firingDto });
export type FiringAnswer = z.infer<typeof firingAnswer>;
export const firingList = z.object({ firings: z.array(firingDto).describe('newest first'), nextCursor });
export type FiringList = z.infer<typeof firingList>;

export const listFiringsQuery = z.strictObject({
  status: z
    .string()
    .transform((words) => words.split(',').filter(Boolean))
    .pipe(z.array(z.enum(FIRING_STATUSES)))
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'is not a cursor of this list')
    .optional(),
});
export type ListFiringsQuery = z.infer<typeof listFiringsQuery>;

export const runScheduleBody = z.strictObject({
  overlap: z.enum(OVERLAPS).optional().describe('instead of what the schedule says'),
});
export type RunScheduleBody = z.infer<typeof runScheduleBody>;

export const backfillBody = z.strictObject({
  from: moment,
  to: moment,
  dry: z.boolean().default(false).describe('only answers which times would run'),
  overlap: z
    .enum(OVERLAPS)
    .optional()
    .describe('default: one after the other, or at the same time where the schedule allows it'),
});
export type BackfillBody = z.infer<typeof backfillBody>;

export const backfillResult = z
  .object({
    times: z.array(z.object({ at: time, note: z.string().exactOptional() })).describe('due times that run'),
    known: count.describe('due times of the range that were launched before and do not run again'),
    dry: z.boolean(),
  })
  .meta({ id: 'BackfillResult' });
export type BackfillResult = z.infer<typeof backfillResult>;
