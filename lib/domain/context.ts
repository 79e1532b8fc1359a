import { DomainError } from './errors';

export type Role = 'admin' | 'member';

/** Who asks: a person with a session, a key, or the product itself (workers, sweeps). */
export interface Actor {
  kind: 'user' | 'key' | 'system';
  id: string;
  name: string;
  role: Role;
}

/** What somebody showed to be let in. */
export interface Credential {
  kind: 'key' | 'session';
  id: string;
}

/** The first parameter of every domain function, built by a route or a consumer. Every query is bound to the organization. */
export interface Context {
  actor: Actor;
  organizationId: string;
  /** none for the product itself */
  credential?: Credential;
}

/** The product acting for an organization. */
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
