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
