import { DomainError } from './errors';

export type Role = 'admin' | 'member';

/** The caller: a user with a session, an API key, or the system itself (workers, sweeps). */
export interface Actor {
  kind: 'user' | 'key' | 'system';
  id: string;
  name: string;
  role: Role;
}

/** The key or session that authenticated the caller. */
export interface Credential {
  kind: 'key' | 'session';
  id: string;
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
}

/** Returns the context of the system, for an organization. */
export const systemContext = (organizationId: string): Context => ({
  actor: { kind: 'system', id: 'system', name: 'system', role: 'admin' },
  organizationId,
});

/** @throws DomainError `forbidden` unless the actor is an administrator */
export function requireAdmin(context: Context, doing: string): void {
  if (context.actor.role !== 'admin') {
    throw new DomainError('forbidden', `Only an administrator may ${doing}.`);
  }
}
