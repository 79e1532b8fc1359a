import {
  isSystemPermission,
  type OrganizationPermission,
  PERMISSIONS,
  type Permission,
  permissionInWords,
  ROLE_IN_WORDS,
  type Role,
  roleHas,
} from '@/lib/contracts/permissions';
import { DomainError } from './errors';

/** What a person or a key may do in the organization. */
interface Rights {
  id: string;
  name: string;
  role: Role;
  /** may see data, results and files of jobs */
  seesPayloads: boolean;
  /** may do what concerns all organizations: queues, board, limits, workers */
  systemAdmin: boolean;
}

/**
 * The caller: a user with a session, an API key, a schedule, another BullMQ client, or the system itself (workers,
 * sweeps), which may do everything.
 */
export type Actor =
  | ({ kind: 'user' } & Rights)
  | ({ kind: 'key'; scopes?: readonly Permission[] } & Rights)
  | { kind: 'schedule'; id: string; name: string }
  | { kind: 'client'; id: string; name: string }
  | { kind: 'system'; id: string; name: string };

/** The key or session that authenticated the caller. */
export interface Credential {
  kind: 'key' | 'session';
  id: string;
  /** of a key: the hash of the value that was sent, because a rotation ends the old value only */
  hash?: string;
}

/**
 * The first parameter of every domain function, created by a route or a consumer. It scopes every query to the
 * organization.
 */
export interface Context {
  actor: Actor;
  organizationId: string;
  /** undefined for the system itself */
  credential?: Credential;
  /** where a request came from; undefined for what the product does by itself */
  origin?: { address: string | null; requestId: string };
}

/** Returns the context of the system, for an organization. */
export const systemContext = (organizationId: string): Context => ({
  actor: { kind: 'system', id: 'system', name: 'system' },
  organizationId,
});

/** Returns the context in which the work of a job launches others: the system's, under the name of the job. */
export const runContext = (organizationId: string, job: { id: string; type: string }): Context => ({
  actor: { kind: 'system', id: job.id, name: `a job of ${job.type}` },
  organizationId,
});

/** Returns the context of another BullMQ client that changes its jobs through the queue. */
export const clientContext = (organizationId: string): Context => ({
  actor: { kind: 'client', id: 'bullmq', name: 'BullMQ' },
  organizationId,
});

/** Returns the context in which a schedule launches: it has the rights of the organization, not those of its creator. */
export const scheduleContext = (organizationId: string, { id, name }: { id: string; name: string }): Context => ({
  actor: { kind: 'schedule', id, name },
  organizationId,
});

/** What other BullMQ clients can do with the queue's own calls, and what a schedule does. */
const CLIENT_MAY: readonly Permission[] = ['job.launch', 'job.retry', 'job.cancel', 'job.change-external', 'job.see'];
const SCHEDULE_MAY: readonly Permission[] = [
  ...(['batch.launch', 'batch.see', 'batch.cancel'] as const),
  ...(['job.launch', 'job.see', 'job.cancel', 'flow.launch', 'flow.see', 'flow.cancel'] as const),
];

/** Whether the actor has a permission. */
export function may({ actor }: Context, permission: Permission): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'client') return CLIENT_MAY.includes(permission);
  if (actor.kind === 'schedule') return SCHEDULE_MAY.includes(permission);
  if (actor.kind === 'key' && actor.scopes && !actor.scopes.includes(permission)) return false;
  return isSystemPermission(permission) ? actor.systemAdmin : roleHas(actor.role, permission);
}

/**
 * The first line of every domain function.
 * @param doing for the refusal, where the words for the permission do not suffice: `cancel a batch`
 * @throws DomainError `forbidden`, which says who may
 */
export function requirePermission(
  context: Context,
  permission: Permission,
  doing: string = permissionInWords(permission),
): void {
  if (may(context, permission)) return;
  const { actor } = context;
  if (actor.kind === 'key' && actor.scopes) {
    throw new DomainError('forbidden', `This API key may not ${doing}: the scope ${permission} is missing.`);
  }
  const yours = 'role' in actor ? ` Your role is ${actor.role}.` : '';
  throw new DomainError('forbidden', `${whoMay(permission)} may ${doing}.${yours}`);
}

const whoMay = (permission: Permission): string =>
  isSystemPermission(permission) ? 'Only a system administrator' : `Only ${lowest(permission)}`;

function lowest(permission: OrganizationPermission): string {
  return PERMISSIONS[permission] === 'owner'
    ? 'an owner'
    : `${ROLE_IN_WORDS[PERMISSIONS[permission]]} or a higher role`;
}

/** Whether the actor may see data, results and files of jobs. */
export const seesPayloads = ({ actor }: Context): boolean => !('seesPayloads' in actor) || actor.seesPayloads;

/** @throws DomainError `forbidden` unless the actor may see data, results and files of jobs */
export function requirePayloads(context: Context, doing: string): void {
  if (!seesPayloads(context)) {
    throw new DomainError('forbidden', `You may not ${doing}: your membership does not show the contents of jobs.`);
  }
}
