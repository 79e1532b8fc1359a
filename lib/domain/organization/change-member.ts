import type { MemberDto, UpdateMemberBody } from '@/lib/contracts/member';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { type MemberRow, selectMembers, toMemberDto } from './member-row';

/**
 * Changes the role of a member, or whether they see the contents of jobs. It holds from their next request.
 * @throws DomainError `forbidden`, `reauthentication-required`, `not-found`, `last-owner`
 */
export async function updateMember(context: Context, id: string, body: UpdateMemberBody): Promise<MemberDto> {
  requirePermission(context, 'member.update', 'change a member');
  await requireRecentSignIn(context, 'change a member');
  return transaction(async ({ db }) => {
    const before = await lockMember(db, context, id);
    const { role = before.role, seesPayloads = before.sees_payloads } = body;
    if (before.role === 'owner' && role !== 'owner') await requireAnotherOwner(db, context, id);
    await db.query(sql`update member set role = ${role}, sees_payloads = ${seesPayloads} where id = ${id}`);
    await audit(db, context, 'member.update', targetOf(before), {
      before: { role: before.role, seesPayloads: before.sees_payloads },
      after: { role, seesPayloads },
    });
    return toMemberDto({ ...before, role, sees_payloads: seesPayloads }, context);
  });
}

/**
 * Removes a person from the organization. Their sessions and event streams in it end; API keys that they made stay.
 * @throws DomainError `forbidden`, `reauthentication-required`, `not-found`, `last-owner`
 */
export async function removeMember(context: Context, id: string): Promise<MemberDto> {
  requirePermission(context, 'member.remove', 'remove a member');
  await requireRecentSignIn(context, 'remove a member');
  return transaction(async ({ db }) => {
    const member = await lockMember(db, context, id);
    if (member.role === 'owner') await requireAnotherOwner(db, context, id);
    await db.query(
      sql`delete from session s where s.user_id = ${member.user_id} and ${context.organizationId} =
            coalesce(s.active_organization_id,
              (select m.organization_id from member m where m.user_id = s.user_id order by m.created_at, m.id limit 1))`,
    );
    await db.query(sql`delete from member where id = ${id}`);
    const before = { role: member.role, seesPayloads: member.sees_payloads };
    await audit(db, context, 'member.remove', targetOf(member), { before });
    return toMemberDto(member, context);
  });
}

const targetOf = (row: MemberRow) => ({ kind: 'member', id: row.id, name: row.name });

/** Locks the organization's members, so that two owners cannot remove each other at once. */
async function lockMember(db: Queryable, { organizationId }: Context, id: string): Promise<MemberRow> {
  await db.query(sql`select id from member where organization_id = ${organizationId} order by id for update`);
  const { rows } = await db.query<MemberRow>(
    sql`${selectMembers()} where m.id = ${id} and m.organization_id = ${organizationId}`,
  );
  if (!rows[0]) throw notFound('member', id);
  return rows[0];
}

async function requireAnotherOwner(db: Queryable, { organizationId }: Context, id: string): Promise<void> {
  const { rowCount } = await db.query(
    sql`select 1 from member where organization_id = ${organizationId} and role = 'owner' and id <> ${id} limit 1`,
  );
  if (rowCount) return;
  throw new DomainError('last-owner', 'This is the only owner. Make somebody else an owner first.');
}
