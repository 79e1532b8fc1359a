import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';

interface NewAccount {
  /** in lower case */
  email: string;
  name: string;
  passwordHash: string;
  /** the address is known to be the user's */
  emailVerified?: boolean;
}

/**
 * Creates a user who signs in with a password, and returns the id.
 * @throws DomainError `already-done` if another account with this address was created just now
 */
export async function createAccount(db: Queryable, account: NewAccount): Promise<string> {
  const { email, name, passwordHash, emailVerified = false } = account;
  const userId = newId();
  const { rowCount } = await db.query(
    sql`insert into "user" (id, name, email, email_verified, updated_at) values (${userId}, ${name}, ${email}, ${emailVerified}, now())
        on conflict (email) do nothing`,
  );
  if (!rowCount) throw new DomainError('already-done', `An account of ${email} was created just now. Sign in instead.`);
  await db.query(
    sql`insert into account (id, account_id, provider_id, user_id, password, updated_at)
        values (${newId()}, ${userId}, 'credential', ${userId}, ${passwordHash}, now())`,
  );
  return userId;
}
