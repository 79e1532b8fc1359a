/** The roles of an organization, from the least to the most. Each role has all permissions of the ones before it. */
export const ROLES = ['viewer', 'operator', 'admin', 'owner'] as const;

export type Role = (typeof ROLES)[number];

/** The lowest role that has each permission. What is not listed, nobody may. */
export const PERMISSIONS = {
  'job-type.see': 'viewer',
  'batch.see': 'viewer',
  'batch.launch': 'operator',
  'batch.change': 'operator',
  'batch.cancel': 'operator',
  'batch.retry': 'operator',
  'batch.edit': 'operator',
  'batch.pause': 'operator',
  'batch.repair': 'admin',
  'batch.delete': 'admin',
  'job.see': 'viewer',
  'job.launch': 'operator',
  'job.cancel': 'operator',
  'job.retry': 'operator',
  'job.tag': 'operator',
  'job.discard': 'operator',
  'job.change-external': 'admin',
  'job.clean-up': 'admin',
  'flow.see': 'viewer',
  'flow.launch': 'operator',
  'flow.cancel': 'operator',
  'flow.retry': 'operator',
  'flow.delete': 'admin',
  'bulk-action.see': 'viewer',
  'bulk-action.create': 'operator',
  'bulk-action.abort': 'operator',
  'schedule.see': 'viewer',
  'schedule.create': 'operator',
  'schedule.update': 'operator',
  'schedule.delete': 'operator',
  'schedule.run': 'operator',
  'schedule.change-others': 'admin',
  'import.see': 'viewer',
  'import.launch': 'operator',
  'file.see': 'viewer',
  'file.upload': 'operator',
  'file.delete': 'admin',
  'document.search': 'viewer',
  'secret.see': 'operator',
  'secret.create': 'admin',
  'secret.delete': 'admin',
  'api-key.see': 'admin',
  'api-key.create': 'admin',
  'api-key.update': 'admin',
  'api-key.rotate': 'admin',
  'api-key.revoke': 'admin',
  'member.see': 'viewer',
  'member.update': 'owner',
  'member.remove': 'owner',
  'invitation.see': 'owner',
  'invitation.create': 'owner',
  'invitation.revoke': 'owner',
  'organization.see': 'viewer',
  'organization.update': 'owner',
  'organization.delete': 'owner',
  'organization.export': 'owner',
  'organization.pause': 'admin',
  'settings.see': 'viewer',
  'settings.update': 'admin',
  'payload.see-unredacted': 'admin',
  'redaction.see': 'viewer',
  'redaction.update': 'admin',
  'limit.see': 'viewer',
  'capacity.see': 'viewer',
  'attention.see': 'viewer',
  'audit.see': 'admin',
  'view.see': 'viewer',
  'view.create': 'viewer',
  'view.update': 'viewer',
  'view.delete': 'viewer',
  'view.share': 'operator',
  'channel.see': 'operator',
  'channel.create': 'admin',
  'channel.update': 'admin',
  'channel.delete': 'admin',
  'channel.test': 'admin',
  'notification-rule.see': 'operator',
  'notification-rule.create': 'admin',
  'notification-rule.update': 'admin',
  'notification-rule.delete': 'admin',
  'delivery.see': 'operator',
  'delivery.redeliver': 'admin',
  'signing-secret.create': 'admin',
  'health.see': 'admin',
  'metrics.see': 'admin',
} as const satisfies Record<string, Role>;

/** What only system administrators may. They stand apart from the roles of all organizations. */
export const SYSTEM_PERMISSIONS = [
  'queue.resume',
  'system.pause',
  'board.use',
  'worker.drain',
  'limit.update',
  'organization.create',
  'organization.see-all',
  'user.see',
  'user.delete',
] as const;

export type OrganizationPermission = keyof typeof PERMISSIONS;
export type SystemPermission = (typeof SYSTEM_PERMISSIONS)[number];
export type Permission = OrganizationPermission | SystemPermission;

/** The names of all permissions: those of organizations first. */
export const PERMISSION_NAMES: readonly Permission[] = [
  ...(Object.keys(PERMISSIONS) as OrganizationPermission[]),
  ...SYSTEM_PERMISSIONS,
];

/** Returns all permissions of a role. */
export const permissionsOf = (has: Role): OrganizationPermission[] =>
  (Object.keys(PERMISSIONS) as OrganizationPermission[]).filter((permission) => roleHas(has, permission));

/** Whether a permission belongs to system administrators only. */
export const isSystemPermission = (permission: Permission): permission is SystemPermission =>
  !(permission in PERMISSIONS);

/** Whether a role includes a permission of an organization. */
export const roleHas = (has: Role, permission: OrganizationPermission): boolean =>
  ROLES.indexOf(has) >= ROLES.indexOf(PERMISSIONS[permission]);

const ENTITIES: Readonly<Record<string, string>> = {
  'api-key': 'API keys',
  batch: 'batches',
  board: 'the queue board',
  attention: 'what needs attention',
  capacity: 'the capacity',
  document: 'documents',
  health: 'the state of each part',
  'job-type': 'job types',
  metrics: 'metrics',
  redaction: 'redaction rules',
  settings: 'settings',
  audit: 'the audit log',
};
const SENTENCES: Readonly<Record<string, string>> = {
  'delivery.see': 'see what was sent to whom',
  'delivery.redeliver': 'send a message again',
  'job.change-external': 'change jobs that other BullMQ clients added',
  'batch.change': 'change batches and add items to them',
  'schedule.change-others': 'change schedules that others created',
  'payload.see-unredacted': 'see the contents of jobs unredacted',
  'organization.pause': 'pause and resume everything',
  'system.pause': 'pause and resume everything of all organizations',
  'organization.see-all': 'see all organizations',
  'user.see': 'see the people of all organizations',
  'user.delete': 'delete the account of somebody',
};

/** What a permission allows, for a sentence such as `You may …`: `cancel batches`. */
export function permissionInWords(permission: Permission): string {
  const [entity = '', verb = ''] = permission.split('.');
  return (
    SENTENCES[permission] ?? `${verb.replaceAll('-', ' ')} ${ENTITIES[entity] ?? `${entity.replaceAll('-', ' ')}s`}`
  );
}

/** The word for a role in a sentence: `an operator`. */
export const ROLE_IN_WORDS: Record<Role, string> = {
  viewer: 'a viewer',
  operator: 'an operator',
  admin: 'an administrator',
  owner: 'an owner',
};
