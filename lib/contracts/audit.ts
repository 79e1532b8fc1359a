import { z } from 'zod';
import { nextCursor, time } from './fields';
import { text } from './text';

export const ACTOR_KINDS = ['user', 'key', 'schedule', 'system', 'client'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** Maximum bytes of `before` and of `after`, as JSON. Longer values are cut. */
export const MAX_CHANGE_BYTES = 4096;

const auditActor = z.object({
  kind: z.enum(ACTOR_KINDS).describe('client: another BullMQ client'),
  id: z.string().nullable().describe('of a person the id of the user; null in entries of earlier versions'),
  name: z.string().describe('the name at that time'),
});
export type AuditActorDto = z.infer<typeof auditActor>;

const auditTarget = z.object({
  kind: z.string().describe('batch, job, flow, file, member, api-key …'),
  id: z.string(),
  name: z.string().nullable().describe('the name at that time'),
});

export const auditEntryDto = z
  .object({
    id: z.string(),
    at: time,
    actor: auditActor,
    action: z.string().describe('`<entity>.<verb>`, such as batch.cancel'),
    target: auditTarget,
    before: z.unknown().optional().describe('what the action replaced; never secrets'),
    after: z.unknown().optional().describe('what it set; `payload` is absent for who may not see contents of jobs'),
    requestId: z.string().nullable(),
    address: z.string().nullable().describe('the network address of the client'),
  })
  .meta({ id: 'AuditEntry', description: 'Who did what to what. Entries are never changed.' });
export type AuditEntryDto = z.infer<typeof auditEntryDto>;

export const auditList = z.object({ entries: z.array(auditEntryDto).describe('newest first'), nextCursor });
export type AuditList = z.infer<typeof auditList>;

export const auditActorList = z.object({ actors: z.array(auditActor).describe('by their latest action') });
export type AuditActorList = z.infer<typeof auditActorList>;

/** A place in a list that is sorted by time: milliseconds since 1970, and the id of the entry. */
const auditCursor = z.string().regex(/^\d{1,15}-\d{1,19}$/, 'is not a cursor of this list');
const limit = z.coerce.number().int().min(1).max(100).default(50);
const moment = z.iso.datetime({ offset: true });

/** `batch.cancel`, or `batch.*` for all actions of an entity. */
const ACTION = /^[a-z-]+\.(?:[a-z-]+|\*)$/;

export const listAuditQuery = z.strictObject({
  actor: text(200).optional().describe('the id of a user or of a key, or system'),
  action: z
    .string()
    .max(1000)
    .transform((words) => words.split(',').filter(Boolean))
    .pipe(z.array(z.string().regex(ACTION, 'is no action, such as batch.cancel or batch.*')))
    .optional()
    .describe('actions, separated by commas: batch.cancel, or batch.* for all of batches'),
  target: text(200).optional().describe('the id of what was changed'),
  from: moment.optional(),
  to: moment.optional(),
  format: z.enum(['csv', 'jsonl']).optional().describe('a download of all that match, without pages'),
  limit,
  cursor: auditCursor.optional(),
});
export type ListAuditQuery = z.infer<typeof listAuditQuery>;

export const activityQuery = z.strictObject({ limit: limit.default(20), cursor: auditCursor.optional() });
export type ActivityQuery = z.infer<typeof activityQuery>;
