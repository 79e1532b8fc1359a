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

/** The entities of actions, with the word for several of them. */
export const AUDITED = {
  batch: 'Batches',
  job: 'Jobs',
  flow: 'Flows',
  'bulk-action': 'Bulk actions',
  schedule: 'Schedules',
  import: 'Imports',
  mapping: 'Mappings',
  file: 'Files',
  secret: 'Secrets',
  'api-key': 'API keys',
  session: 'Sign-ins',
  user: 'Accounts',
  member: 'Members',
  invitation: 'Invitations',
  organization: 'Organizations',
  limit: 'Limits',
  settings: 'Settings',
  redaction: 'Redaction rules',
  queue: 'Queues',
  worker: 'Workers',
  audit: 'Audit',
} as const;

/** What was done, as it follows the name of who did it: "ana cancelled". `target` is the word for the object. */
const WORDS: Readonly<Record<string, string>> = {
  'batch.add-items': 'added items',
  'batch.correct': 'corrected items',
  'batch.edit': 'edited items',
  'batch.mend': 'repaired',
  'batch.cancel-jobs': 'cancelled items',
  'batch.discard-jobs': 'discarded items',
  'batch.tag': 'changed the tags of',
  'batch.tag-jobs': 'changed tags of items',
  'flow.tag-jobs': 'changed tags of nodes',
  'job.tag': 'changed the tags of',
  'flow.cancel-jobs': 'cancelled nodes',
  'flow.discard-jobs': 'discarded nodes',
  'job.clean-up': 'deleted old jobs',
  'schedule.run': 'ran by hand',
  'schedule.backfill': 'backfilled',
  'import.fix-row': 'corrected a row',
  'session.sign-in': 'signed in',
  'session.sign-in-failed': 'failed to sign in',
  'session.sign-out': 'signed out',
  'session.switch': 'switched to',
  'session.reauthenticate': 'gave the password again',
  'session.revoke-others': 'ended all other sessions',
  'user.update': 'changed the profile',
  'user.change-password': 'changed the password',
  'user.request-reset': 'asked for a new password of',
  'user.reset-password': 'reset the password',
  'user.enable-two-factor': 'turned on the second factor',
  'user.disable-two-factor': 'turned off the second factor',
  'user.remove-second-factor': 'removed the second factor of',
  'user.renew-recovery-codes': 'renewed the recovery codes',
  'user.add-passkey': 'added a passkey',
  'user.rename-passkey': 'renamed a passkey',
  'user.remove-passkey': 'removed a passkey',
  'user.purge': 'erased',
  'user.make-system-administrator': 'gave the rights of a system administrator to',
  'invitation.create': 'invited',
  'invitation.revoke': 'withdrew the invitation of',
  'invitation.accept': 'accepted an invitation',
  'redaction.update': 'changed the redaction rules of',
  'limit.update': 'changed the limits of',
  'member.make-owner': 'gave the rights of an owner to',
  'organization.update-settings': 'changed the settings of',
  'audit.export': 'downloaded',
};

const IRREGULAR: Readonly<Record<string, string>> = {
  cancel: 'cancelled',
  retry: 'retried',
  stop: 'stopped',
  begin: 'began',
  drain: 'drained',
  send: 'sent',
  set: 'set',
};

/** Returns the past tense of an action for screens: `batch.cancel` becomes "cancelled". */
export function pastTense(action: string): string {
  const known = WORDS[action];
  if (known) return known;
  const [first = '', ...rest] = action.slice(action.indexOf('.') + 1).split('-');
  const verb = IRREGULAR[first] ?? (first.endsWith('e') ? `${first}d` : `${first}ed`);
  return [verb, ...rest].join(' ');
}
