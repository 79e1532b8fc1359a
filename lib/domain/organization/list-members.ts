import type { MemberDto } from '@/lib/contracts/member';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { type MemberRow, selectMembers, toMemberDto } from './member-row';

const MAX_LISTED = 1_000;

/** Lists the people of the organization by name. @throws DomainError `forbidden` */
export async function listMembers(context: Context): Promise<MemberDto[]> {
  requirePermission(context, 'member.see', 'see members');
  const { rows } = await pool().query<MemberRow>(
    sql`${selectMembers()} where m.organization_id = ${context.organizationId} order by lower(u.name), m.id limit ${MAX_LISTED}`,
  );
  return rows.map((row) => toMemberDto(row, context));
}
