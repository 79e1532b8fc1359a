import {
  type CreatedInvitation,
  type CreateInvitationBody,
  INVITATION_DAYS,
  type InvitationDto,
} from '@/lib/contracts/member';
import { ROLE_IN_WORDS } from '@/lib/contracts/permissions';
import { isId, newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { hashLinkToken, newLinkToken } from '@/lib/domain/auth/link-token';
import { publicUrl } from '@/lib/domain/auth/origins';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { sendMail } from '@/lib/domain/mail/send-mail';
import { INVITATION_COLUMNS, type InvitationRow, toInvitationDto } from './invitation-row';

const MAX_OPEN = 500;

/**
 * Invites somebody by e-mail address. An open invitation of the same address is replaced. With a mail server the link is
 * sent there too.
 * @throws DomainError `forbidden`, `reauthentication-required`, `already-member`; `invalid-request` beyond 500 open ones
 */
export async function createInvitation(
  context: Context,
  body: CreateInvitationBody,
): Promise<CreatedInvitation['invitation']> {
  requirePermission(context, 'invitation.create', 'invite people');
  await requireRecentSignIn(context, 'invite people');
  const token = newLinkToken();
  const { organizationId, actor } = context;
  const { row, organization } = await transaction(async ({ db }) => {
    const name = await lockOrganization(db, organizationId);
    await requireNoMember(db, organizationId, body.email);
    await db.query(
      sql`update invitation set revoked_at = now() where organization_id = ${organizationId} and email = ${body.email}
          and accepted_at is null and revoked_at is null`,
    );
    const { rows } = await db.query<InvitationRow>(
      sql`insert into invitation (id, organization_id, email, role, sees_payloads, token_hash, invited_by, expires_at)
          values (${newId()}, ${organizationId}, ${body.email}, ${body.role}, ${body.seesPayloads}, ${hashLinkToken(token)},
            ${actor.name}, now() + make_interval(days => ${INVITATION_DAYS})) returning ${INVITATION_COLUMNS}`,
    );
    const created = rows[0] as InvitationRow;
    await audit(db, context, 'invitation.create', targetOf(created), {
      after: { email: body.email, role: body.role, seesPayloads: body.seesPayloads },
    });
    return { row: created, organization: name };
  });
  const url = `${publicUrl()}/invite/${row.id}?token=${token}`;
  const mailed = await sendMail({
    to: row.email,
    subject: `${actor.name} invites you to ${organization} on Batchyard`,
    text: `${actor.name} invites you to ${organization} on Batchyard as ${ROLE_IN_WORDS[row.role]}.\n\nAccept the invitation here, within ${INVITATION_DAYS} days:\n${url}\n\nIf you did not expect this mail, ignore it.\n`,
  });
  return { ...toInvitationDto(row), url, mailed };
}

/** Lists the open invitations, newest first. @throws DomainError `forbidden` */
export async function listInvitations(context: Context): Promise<InvitationDto[]> {
  requirePermission(context, 'invitation.see', 'see invitations');
  const { rows } = await pool().query<InvitationRow>(
    sql`select ${INVITATION_COLUMNS} from invitation where organization_id = ${context.organizationId}
        and accepted_at is null and revoked_at is null and expires_at > now() order by id desc limit ${MAX_OPEN}`,
  );
  return rows.map(toInvitationDto);
}

/** Withdraws an open invitation. @throws DomainError `forbidden`, `not-found` */
export async function revokeInvitation(context: Context, id: string): Promise<InvitationDto> {
  requirePermission(context, 'invitation.revoke', 'withdraw an invitation');
  if (!isId(id)) throw notFound('invitation', id);
  return transaction(async ({ db }) => {
    const { rows } = await db.query<InvitationRow>(
      sql`update invitation set revoked_at = now() where id = ${id} and organization_id = ${context.organizationId}
          and accepted_at is null and revoked_at is null returning ${INVITATION_COLUMNS}`,
    );
    const row = rows[0];
    if (!row) throw notFound('invitation', id);
    await audit(db, context, 'invitation.revoke', targetOf(row));
    return toInvitationDto(row);
  });
}

const targetOf = (row: InvitationRow) => ({ kind: 'invitation', id: row.id, name: row.email });

/** Locks the organization, so that two invitations of one address exclude each other. Returns its name. */
async function lockOrganization(db: Queryable, id: string): Promise<string> {
  const { rows } = await db.query<{ name: string; open: number }>(
    sql`select o.name, (select count(*)::int from invitation i where i.organization_id = o.id and i.accepted_at is null
          and i.revoked_at is null and i.expires_at > now()) as open from organization o where o.id = ${id} for update of o`,
  );
  if (!rows[0]) throw notFound('organization', id);
  if (rows[0].open >= MAX_OPEN) {
    throw new DomainError('invalid-request', `${MAX_OPEN} invitations are open already: withdraw some first.`);
  }
  return rows[0].name;
}

async function requireNoMember(db: Queryable, organizationId: string, email: string): Promise<void> {
  const { rowCount } = await db.query(
    sql`select 1 from member m join "user" u on u.id = m.user_id where m.organization_id = ${organizationId} and u.email = ${email}`,
  );
  if (rowCount) throw new DomainError('already-member', `${email} is a member of this organization already.`);
}
