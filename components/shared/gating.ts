import { ROLE_IN_WORDS, type Role } from '@/lib/contracts/permissions';

/** Whether a button is shown, and why it is disabled. */
export interface Gate {
  shown: boolean;
  /** null = the button is enabled */
  reason: string | null;
}

/** The state that blocks actions on any page. */
export interface Access {
  /** undefined until the viewer is loaded */
  role: Role | undefined;
  /** an action of this page waits for its response */
  pending: boolean;
  /** the server is unreachable */
  offline: boolean;
}

export const OFFLINE_REASON = 'Batchyard cannot be reached at the moment';

export const HIDDEN: Gate = { shown: false, reason: null };

/** Returns the gate of a shown button. @param reason why it is disabled; null = it is enabled */
export const shownGate = (reason: string | null): Gate => ({ shown: true, reason });

/** Returns why viewers and operators can't do this; null for administrators. @param action `pause a batch` */
export const adminReason = (role: Access['role'], action: string): string | null =>
  role === 'viewer' || role === 'operator'
    ? `Only an administrator can ${action}; you are signed in as ${ROLE_IN_WORDS[role]}`
    : null;

/** Returns why no user can act now; null if actions are possible. */
export function blockedReason({ pending, offline }: Omit<Access, 'role'>): string | null {
  if (offline) return OFFLINE_REASON;
  return pending ? 'The last action has not been answered yet' : null;
}

/** Returns why an administrator's action is blocked now; null if it is not. @param action `pause a batch` */
export const adminBlockedReason = (access: Access, action: string): string | null =>
  adminReason(access.role, action) ?? blockedReason(access);
