import type { InvitationDto } from '@/lib/contracts/member';
import type { Role } from '@/lib/contracts/permissions';
import { sql } from '@/lib/db/sql';

export const INVITATION_COLUMNS = sql`id, email, role, sees_payloads, invited_by, created_at, expires_at`;

export interface InvitationRow {
  id: string;
  email: string;
  role: Role;
  sees_payloads: boolean;
  invited_by: string;
  created_at: Date;
  expires_at: Date;
}

export const toInvitationDto = (row: InvitationRow): InvitationDto => ({
  id: row.id,
  email: row.email,
  role: row.role,
  seesPayloads: row.sees_payloads,
  invitedBy: row.invited_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
});
