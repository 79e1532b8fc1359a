import type { AcceptInvitationBody, MemberDto, ShownInvitation } from '@/lib/contracts/member';
import type { Role } from '@/lib/contracts/permissions';
import { cleanLine } from '@/lib/contracts/text';
import { isId, newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { createAccount } from '@/lib/domain/auth/create-account';
import { hashLinkToken } from '@/lib/domain/auth/link-token';
import { hashPassword, verifyPassword } from '@/lib/domain/auth/password-hash';
import { requireGoodPassword } from '@/lib/domain/auth/password-policy';
import { limitAttempts } from '@/lib/domain/auth/rate-limit';
import { openCallLimit } from '@/lib/domain/auth/sign-in-limits';
import type { Context } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { type MemberRow, selectMembers, toMemberDto } from './member-row';

interface Row {
  id: string;
  organization_id: string;
  organization: string;
  email: string;
  role: Role;
  sees_payloads: boolean;
  invited_by: string;
  expires_at: Date;
  state: 'open' | 'used' | 'expired';
  user_id: string | null;
  user_name: string | null;
  password: string | null;
}

/**
 * Reads an invitation for whoever has its link.
 * @throws DomainError `not-found` for another token, `invitation-used`, `invitation-expired`
 */
export async function showInvitation(id: string, token: string): Promise<ShownInvitation> {
  const row = await readOpen(id, token);
  return {
    email: row.email,
    role: row.role,
    organization: row.organization,
    invitedBy: row.invited_by,
    hasAccount: row.user_id !== null,
    expiresAt: row.expires_at.toISOString(),
  };
}

interface Accepting {
  /** the user who is signed in */
  userId?: string | undefined;
  origin?: Context['origin'];
}

/**
 * Makes whoever has the link of an invitation a member, once. A new account is created with the given password. An
 * existing account must be signed in, or its password must be given.
 * @throws DomainError `not-found`, `invitation-used`, `invitation-expired`, `already-member`; `unauthenticated`,
 *   `forbidden` or `wrong-password` without proof of the account; `invalid-data` for a missing or weak password;
 *   `too-many-requests`
 */
export async function acceptInvitation(
  id: string,
  body: AcceptInvitationBody,
  { userId, origin }: Accepting,
): Promise<MemberDto> {
  await limitAttempts('Too many attempts. Try again in a few minutes.', openCallLimit(origin?.address ?? null));
  const invitation = await readOpen(id, body.token);
  const account = await proveAccount(invitation, body, userId);
  return transaction(async ({ db }) => {
    const { rowCount } = await db.query(
      sql`update invitation set accepted_at = now() where id = ${id} and accepted_at is null and revoked_at is null`,
    );
    if (!rowCount) throw used();
    const user = 'id' in account ? account : { ...account, id: await createAccount(db, account) };
    const member = await addMember(db, invitation, user.id);
    const { role, sees_payloads: seesPayloads, organization_id: organizationId } = invitation;
    const actor = { kind: 'user', id: user.id, name: user.name, role, seesPayloads, systemAdmin: false } as const;
    const context: Context = { actor, organizationId, ...(origin ? { origin } : {}) };
    const target = { kind: 'member', id: member.id, name: user.name };
    await audit(db, context, 'invitation.accept', target, { after: { role, seesPayloads, invitation: id } });
    return toMemberDto(member, context);
  });
}

type Account = { id: string; name: string } | { email: string; name: string; passwordHash: string };

/** Returns the account that may join: an existing one that was proven, or the fields of a new one. */
async function proveAccount(row: Row, body: AcceptInvitationBody, userId: string | undefined): Promise<Account> {
  const { user_id: id, user_name: known, email } = row;
  if (id === null || known === null) {
    const name = body.name ?? cleanLine(email.split('@', 1)[0] ?? email);
    if (body.password === undefined) {
      throw new DomainError('invalid-data', 'Choose a password for your account.', {
        errors: [{ path: 'password', message: 'is required for a new account' }],
      });
    }
    requireGoodPassword(body.password, { email, name }, 'password');
    return { email, name, passwordHash: await hashPassword(body.password) };
  }
  if (userId === id) return { id, name: known };
  if (body.password !== undefined) {
    const isRight = row.password !== null && (await verifyPassword({ hash: row.password, password: body.password }));
    if (!isRight) throw new DomainError('wrong-password', `This is not the password of ${email}.`);
    return { id, name: known };
  }
  if (userId !== undefined) {
    throw new DomainError('forbidden', `This invitation is for ${email}. Sign out, and sign in with that address.`);
  }
  throw new DomainError('unauthenticated', `Sign in as ${email}, or give the password of that account.`);
}

async function addMember(db: Queryable, row: Row, userId: string): Promise<MemberRow> {
  const id = newId();
  const { rowCount } = await db.query(
    sql`insert into member (id, organization_id, user_id, role, sees_payloads)
        values (${id}, ${row.organization_id}, ${userId}, ${row.role}, ${row.sees_payloads})
        on conflict (organization_id, user_id) do nothing`,
  );
  if (!rowCount) throw new DomainError('already-member', `${row.email} is a member of ${row.organization} already.`);
  const { rows } = await db.query<MemberRow>(sql`${selectMembers()} where m.id = ${id}`);
  return rows[0] as MemberRow;
}

const used = () => new DomainError('invitation-used', 'This invitation was accepted already. Sign in instead.');

async function readOpen(id: string, token: string): Promise<Row> {
  if (!isId(id)) throw notFound('invitation', id);
  const { rows } = await pool().query<Row>(
    sql`select i.id, i.organization_id, o.name as organization, i.email, i.role, i.sees_payloads, i.invited_by, i.expires_at,
          case when i.accepted_at is not null then 'used'
            when i.revoked_at is not null or i.expires_at <= now() then 'expired' else 'open' end as state,
          u.id as user_id, u.name as user_name,
          (select a.password from account a where a.user_id = u.id and a.password is not null limit 1) as password
        from invitation i join organization o on o.id = i.organization_id left join "user" u on u.email = i.email
        where i.id = ${id} and i.token_hash = ${hashLinkToken(token)} and o.deleting_at is null`,
  );
  const row = rows[0];
  if (!row) throw notFound('invitation', id);
  if (row.state === 'used') throw used();
  if (row.state === 'expired') {
    throw new DomainError('invitation-expired', 'This invitation has expired or was withdrawn. Ask for a new one.');
  }
  return row;
}
