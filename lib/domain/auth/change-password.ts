import type { ChangePasswordBody } from '@/lib/contracts/password';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { notifyUser } from '@/lib/domain/mail/notify-user';
import { hashPassword, verifyPassword } from './password-hash';
import { requireGoodPassword } from './password-policy';
import { limitAttempts, uncountAttempt } from './rate-limit';
import { inSessionLimit } from './sign-in-limits';

interface Account {
  id: string;
  email: string;
  name: string;
  password: string | null;
}

interface Caller {
  userId: string;
  sessionId: string;
}

/** @throws DomainError `forbidden` for an API key */
function userOf({ actor, credential }: Context, doing: string): Caller {
  if (actor.kind === 'user' && credential?.kind === 'session') return { userId: actor.id, sessionId: credential.id };
  throw new DomainError('forbidden', `Only a person who is signed in can ${doing}.`);
}

async function requirePassword({ userId, sessionId }: Caller, given: string, path: string): Promise<Account> {
  const limit = inSessionLimit(sessionId);
  await limitAttempts('Too many wrong passwords. Try again in a few minutes.', limit);
  const { rows } = await pool().query<Account>(
    sql`select u.id, u.email, u.name,
          (select a.password from account a where a.user_id = u.id and a.password is not null limit 1) as password
        from "user" u where u.id = ${userId}`,
  );
  const account = rows[0];
  const isRight = account?.password && (await verifyPassword({ hash: account.password, password: given }));
  if (!account || !isRight) {
    throw new DomainError('wrong-password', 'This is not your password.', {
      errors: [{ path, message: 'is not your password' }],
    });
  }
  await uncountAttempt(limit);
  return account;
}

/** Stores a password. All sessions of the user end, except one. Returns how many ended. */
export async function storePassword(db: Queryable, userId: string, hash: string, kept: string | null): Promise<number> {
  await db.query(
    sql`update account set password = ${hash}, updated_at = now() where user_id = ${userId} and provider_id = 'credential'`,
  );
  const { rowCount } = await db.query(
    sql`delete from session where user_id = ${userId} and id is distinct from ${kept}`,
  );
  return rowCount ?? 0;
}

/**
 * Changes the caller's password. All other sessions and their event streams end.
 * @returns how many sessions ended
 * @throws DomainError `forbidden` for an API key, `wrong-password`, `too-many-requests`, `invalid-data` for a
 *   weak password
 */
export async function changePassword(context: Context, body: ChangePasswordBody): Promise<{ ended: number }> {
  const caller = userOf(context, 'change a password');
  const { userId, sessionId } = caller;
  const account = await requirePassword(caller, body.currentPassword, 'currentPassword');
  requireGoodPassword(body.newPassword, account);
  const hash = await hashPassword(body.newPassword);
  return transaction(async ({ db, afterCommit }) => {
    const ended = await storePassword(db, userId, hash, sessionId);
    await db.query(sql`update session set authenticated_at = now() where id = ${sessionId}`);
    await audit(
      db,
      context,
      'user.change-password',
      { kind: 'user', id: userId, name: account.name },
      { after: { ended } },
    );
    afterCommit(() => notifyUser({ userId, what: 'Your password was changed', address: context.origin?.address }));
    return { ended };
  });
}

/**
 * Records that the person at this session gave the password just now.
 * @returns when that was
 * @throws DomainError `forbidden` for an API key, `wrong-password`, `too-many-requests`, `unauthenticated` if the session
 *   has ended meanwhile
 */
export async function reauthenticate(context: Context, password: string): Promise<{ authenticatedAt: string }> {
  const caller = userOf(context, 'give a password');
  const { userId, sessionId } = caller;
  const account = await requirePassword(caller, password, 'password');
  return transaction(async ({ db }) => {
    const { rows } = await db.query<{ authenticated_at: Date }>(
      sql`update session set authenticated_at = now() where id = ${sessionId} returning authenticated_at`,
    );
    const confirmed = rows[0];
    if (!confirmed) throw new DomainError('unauthenticated', 'This session has ended meanwhile. Sign in again.');
    await audit(db, context, 'session.reauthenticate', { kind: 'user', id: userId, name: account.name });
    return { authenticatedAt: confirmed.authenticated_at.toISOString() };
  });
}
