/** Whether a button is on the page, and if it is, why it can't be used now. */
export interface Gate {
  shown: boolean;
  /** null = the button can be used */
  reason: string | null;
}

/** What blocks an action on any page. */
export interface Access {
  /** undefined until the viewer was read */
  role: 'admin' | 'member' | undefined;
  /** an action of this page has not been answered yet */
  pending: boolean;
  /** the server can't be reached */
  offline: boolean;
}

export const OFFLINE_REASON = 'Batchyard cannot be reached at the moment';

export const HIDDEN: Gate = { shown: false, reason: null };

/** Shows the button. @param reason why it can't be used; null = it can */
export const shownGate = (reason: string | null): Gate => ({ shown: true, reason });

/** Why members can't do this; null for administrators. @param action `pause a batch` */
export const adminReason = (role: Access['role'], action: string): string | null =>
  role === 'member' ? `Only an administrator can ${action}; you are signed in as a member` : null;

/** Why no action can be taken now, whoever the viewer is. */
export function blockedReason({ pending, offline }: Omit<Access, 'role'>): string | null {
  if (offline) return OFFLINE_REASON;
  return pending ? 'The last action has not been answered yet' : null;
}

/** Why an action of administrators can't be taken now. @param action `pause a batch` */
export const adminBlockedReason = (access: Access, action: string): string | null =>
  adminReason(access.role, action) ?? blockedReason(access);
