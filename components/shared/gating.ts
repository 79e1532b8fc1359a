import {
  isSystemPermission,
  PERMISSIONS,
  type Permission,
  permissionInWords,
  ROLE_IN_WORDS,
  roleHas,
} from '@/lib/contracts/permissions';
import type { ViewerDto } from '@/lib/contracts/system';

/** Whether a button is shown, and why it is disabled or absent. */
export interface Gate {
  shown: boolean;
  /** of a shown button: why it is disabled, null = it is enabled; of an absent one: why the role may not use it */
  reason: string | null;
}

/** What the signed-in person may do. */
export type Rights = Pick<ViewerDto, 'role' | 'seesPayloads' | 'systemAdmin'>;

/** The state that blocks actions on any page. */
export interface Access {
  /** undefined until the viewer is loaded */
  viewer: Rights | undefined;
  /** an action of this page waits for its response */
  pending: boolean;
  /** the server is unreachable */
  offline: boolean;
}

export const OFFLINE_REASON = 'Batchyard cannot be reached at the moment';

export const HIDDEN: Gate = { shown: false, reason: null };

/** Returns the gate of a shown button. @param reason why it is disabled; null = it is enabled */
export const shownGate = (reason: string | null): Gate => ({ shown: true, reason });

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Returns why the role may not do this; null if it may. @param doing `cancel a batch`, where the permission says too little */
export function roleReason(viewer: Rights | undefined, permission: Permission, doing?: string): string | null {
  if (!viewer) return null;
  const isSystem = isSystemPermission(permission);
  if (isSystem ? viewer.systemAdmin : roleHas(viewer.role, permission)) return null;
  const who = isSystem ? 'a system administrator' : ROLE_IN_WORDS[PERMISSIONS[permission]];
  return `${capitalized(who)} can ${doing ?? permissionInWords(permission)}; you are ${ROLE_IN_WORDS[viewer.role]}`;
}

/** Returns why no user can act now; null if actions are possible. */
export function blockedReason({ pending, offline }: Omit<Access, 'viewer'>): string | null {
  if (offline) return OFFLINE_REASON;
  return pending ? 'The last action has not been answered yet' : null;
}

/**
 * Returns the gate of a button that needs a permission: absent for a role without it.
 * @param blocked why nobody can use it now; null = it is enabled
 */
export function permissionGate(access: Access, permission: Permission, blocked: string | null): Gate {
  const reason = roleReason(access.viewer, permission);
  return reason === null ? shownGate(blockedReason(access) ?? blocked) : { shown: false, reason };
}

/** Returns why buttons that people would look for are absent; null if the role may use all of them. */
export const absentReason = (gates: Readonly<Record<string, Gate>>): string | null =>
  Object.values(gates).find(({ shown, reason }) => !shown && reason !== null)?.reason ?? null;
