import type { MemberDto } from '@/lib/contracts/member';
import type { Role } from '@/lib/contracts/permissions';
import { type Sql, sql } from '@/lib/db/sql';
import { trustedProviders } from '@/lib/domain/auth/second-factor';
import { type Context, may } from '@/lib/domain/context';

export interface MemberRow {
  id: string;
  user_id: string;
  name: string;
  email: string;
  role: Role;
  sees_payloads: boolean;
  created_at: Date;
  last_seen_at: Date | null;
  has_second_factor: boolean;
}

/** Selects members with their names; a condition follows. `m` is the member, `u` the user. */
export const selectMembers =
  (): Sql => sql`select m.id, m.user_id, u.name, u.email, m.role, m.sees_payloads, m.created_at,
    (select max(coalesce(s.last_seen_at, s.created_at)) from session s where s.user_id = m.user_id) as last_seen_at,
    (u.two_factor_enabled or exists (select from passkey p where p.user_id = u.id) or exists (
      select from account a where a.user_id = u.id and a.provider_id = any(${trustedProviders()}::text[]))) as has_second_factor
  from member m join "user" u on u.id = m.user_id`;

/** Only owners learn whose password alone is enough to sign in. */
export const toMemberDto = (row: MemberRow, context: Context): MemberDto => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  email: row.email,
  role: row.role,
  seesPayloads: row.sees_payloads,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: row.last_seen_at?.toISOString() ?? null,
  ...(may(context, 'member.update') ? { hasSecondFactor: row.has_second_factor } : {}),
});
