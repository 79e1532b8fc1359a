import {
  isSystemPermission,
  type Permission,
  permissionsOf,
  ROLES,
  type Role,
  roleHas,
} from '@/lib/contracts/permissions';
import { type Context, may, seesPayloads } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';

/** What a key may do. */
export interface KeyRights {
  role: Role;
  /** null: everything that its role may */
  scopes: Permission[] | null;
  seesPayloads: boolean;
  systemAdmin: boolean;
}

/** Returns the rights of a key with these scopes: the lowest role that has all of them. */
export function rightsOfScopes(scopes: readonly Permission[]): Omit<KeyRights, 'seesPayloads'> {
  const ofOrganization = scopes.flatMap((scope) => (isSystemPermission(scope) ? [] : [scope]));
  const role = ROLES.find((one) => ofOrganization.every((scope) => roleHas(one, scope))) ?? 'owner';
  return { role, scopes: [...new Set(scopes)], systemAdmin: ofOrganization.length < scopes.length };
}

/**
 * Requires that somebody who makes or rotates a key may do all that the key may: whoever has its value has its rights.
 * @param doing for the refusal: `create a key`
 * @throws DomainError `forbidden`, which names what is missing
 */
export function requireRights(context: Context, rights: KeyRights, doing: string): void {
  const missing = (rights.scopes ?? permissionsOf(rights.role)).filter((permission) => !may(context, permission));
  const isMore =
    missing.length > 0 ||
    (rights.systemAdmin && !may(context, 'limit.update')) ||
    (rights.seesPayloads && !seesPayloads(context));
  if (!isMore) return;
  const what =
    missing.length > 0
      ? missing.slice(0, 5).join(', ')
      : rights.systemAdmin
        ? 'what concerns all organizations'
        : 'seeing the contents of jobs';
  throw new DomainError('forbidden', `You may not ${doing} that may do more than you: ${what}.`);
}
