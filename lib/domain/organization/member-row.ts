import type { MemberDto } from '@/lib/contracts/member';
import type { Role } from '@/lib/contracts/permissions';
import { sql } from '@/lib/db/sql';

export interface MemberRow {
  id: string;
  user_id: string;
  name: string;
  email: string;
  role: Role;
  sees_payloads: boolean;
  created_at: Date;
  last_seen_at: Date | null;
}

/** Selects members with their names; a condition follows. `m` is the member, `u` the user. */
export const SELECT_MEMBERS = sql`select m.id, m.user_id, u.name, u.email, m.role, m.sees_payloads, m.created_at,
    (select max(coalesce(s.last_seen_at, s.created_at)) from session s where s.user_id = m.user_id) as last_seen_at
  from member m join "user" u on u.id = m.user_id`;

export const toMemberDto = (row: MemberRow): MemberDto => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  email: row.email,
  role: row.role,
  seesPayloads: row.sees_payloads,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: row.last_seen_at?.toISOString() ?? null,
});
