import type { ResetPasswordBody } from '@/lib/contracts/password';
import type { Role } from '@/lib/contracts/permissions';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { auditPerson } from '@/lib/domain/audit/audit-person';
import { type Context, systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { notifyUser } from '@/lib/domain/mail/notify-user';
import { canSendMail, sendMail } from '@/lib/domain/mail/send-mail';
import { storePassword } from './change-password';
import { hashLinkToken, newLinkToken } from './link-token';
import { publicUrl } from './origins';
import { hashPassword } from './password-hash';
import { requireGoodPassword } from './password-policy';
import { limitAttempts } from './rate-limit';
import { openCallLimit, resetLimit } from './sign-in-limits';

const VALID_MINUTES = 60;
const TOO_MANY = 'Too many attempts. Try again in a few minutes.';
const identifierOf = (token: string): string => `password-reset:${hashLinkToken(token)}`;

interface User {
  id: string;
  name: string;
  email: string;
}

/**
 * Creates a link that sets a new password, once and within an hour. Whoever has it can sign in as the user.
 * @param base where the dashboard is reached
 * @param by who asks for it; by default whoever has the machine
 * @returns undefined if no account has this address
 */
export async function createResetLink(
  email: string,
  base = publicUrl(),
  by: Pick<Context, 'origin'> & { actor?: Context['actor'] | undefined } = { actor: systemContext('').actor },
): Promise<{ user: User; url: string } | undefined> {
  const { rows } = await pool().query<User>(
    sql`select id, name, email from "user" where email = ${email.toLowerCase()}`,
  );
  const user = rows[0];
  if (!user) return undefined;
  const token = newLinkToken();
  await transaction(async ({ db }) => {
    await db.query(
      sql`insert into verification (id, identifier, value, expires_at, updated_at)
          values (${newId()}, ${identifierOf(token)}, ${user.id}, now() + make_interval(mins => ${VALID_MINUTES}), now())`,
    );
    await auditPerson(db, user, 'user.request-reset', by);
  });
  return { user, url: `${base}/reset-password?token=${token}` };
}

/**
 * Sends a link for a new password to this address, if an account has it. The answer does not say whether one has.
 * @throws DomainError `forbidden` without a mail server; `too-many-requests`
 */
export async function requestReset(email: string, origin?: Context['origin']): Promise<void> {
  await limitAttempts(TOO_MANY, openCallLimit(origin?.address ?? null), resetLimit(email));
  if (!canSendMail()) {
    throw new DomainError(
      'forbidden',
      'No mail server is configured here. An administrator resets a password on the machine: npm run admin -- reset-password <email>.',
    );
  }
  const link = await createResetLink(email, publicUrl(), origin ? { origin } : {});
  if (!link) return;
  // Not awaited: how long the mail server takes would say whether the account exists.
  void sendMail({
    to: link.user.email,
    subject: 'A new password for Batchyard',
    text: `Hello ${link.user.name},\n\nset a new password here, within an hour:\n${link.url}\n\nIf you did not ask for it, ignore this mail: your password stays as it is.\n`,
  });
}

/**
 * Sets a new password by the token of a link, once. All sessions of the user end.
 * @throws DomainError `link-expired` if the link was used or is too old; `invalid-data` for a weak password; `too-many-requests`
 */
export async function resetPassword(body: ResetPasswordBody, origin?: Context['origin']): Promise<{ email: string }> {
  await limitAttempts(TOO_MANY, openCallLimit(origin?.address ?? null));
  const user = await readUser(body.token);
  requireGoodPassword(body.newPassword, user);
  const hash = await hashPassword(body.newPassword);
  return transaction(async ({ db, afterCommit }) => {
    const { rowCount } = await db.query(
      sql`delete from verification where identifier = ${identifierOf(body.token)} and expires_at > now()`,
    );
    if (!rowCount) throw expired();
    // Other links of the user become invalid too.
    await db.query(sql`delete from verification where value = ${user.id} and identifier like 'password-reset:%'`);
    await ensureCredential(db, user.id);
    const ended = await storePassword(db, user.id, hash, null);
    for (const context of await contextsOf(db, user, origin)) {
      await audit(
        db,
        context,
        'user.reset-password',
        { kind: 'user', id: user.id, name: user.name },
        { after: { ended } },
      );
    }
    afterCommit(() => notifyUser({ userId: user.id, what: 'Your password was reset', address: origin?.address }));
    return { email: user.email };
  });
}

async function readUser(token: string): Promise<User> {
  const { rows } = await pool().query<User>(
    sql`select u.id, u.name, u.email from verification v join "user" u on u.id = v.value
        where v.identifier = ${identifierOf(token)} and v.expires_at > now()`,
  );
  if (!rows[0]) throw expired();
  return rows[0];
}

const expired = () => new DomainError('link-expired', 'This link was used already, or is too old. Ask for a new one.');

/** A user who only signed in elsewhere has no password yet. */
async function ensureCredential(db: Queryable, userId: string): Promise<void> {
  await db.query(
    sql`insert into account (id, account_id, provider_id, user_id, updated_at)
        select ${newId()}, ${userId}, 'credential', ${userId}, now()
        where not exists (select from account where user_id = ${userId} and provider_id = 'credential')`,
  );
}

/** The organizations whose audit tells of it: those of the user. */
async function contextsOf(db: Queryable, user: User, origin: Context['origin']): Promise<Context[]> {
  const { rows } = await db.query<{ organization_id: string; role: Role; sees_payloads: boolean }>(
    sql`select organization_id, role, sees_payloads from member where user_id = ${user.id}`,
  );
  return rows.map((row) => ({
    actor: {
      kind: 'user',
      id: user.id,
      name: user.name,
      role: row.role,
      seesPayloads: row.sees_payloads,
      systemAdmin: false,
    },
    organizationId: row.organization_id,
    ...(origin ? { origin } : {}),
  }));
}
