import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';

/** A session that somebody left open may not make keys or owners for longer than this. */
const FRESH_MINUTES = 10;

/**
 * Requires that the person at this session gave the password in the last 10 minutes. API keys need no password.
 * @param doing for the refusal: `create an API key`
 * @throws DomainError `reauthentication-required`, which names how to do it (`methods`)
 */
export async function requireRecentSignIn({ credential, actor }: Context, doing: string): Promise<void> {
  if (credential?.kind !== 'session') return;
  const { rows } = await pool().query<{ fresh: boolean; has_password: boolean }>(
    sql`select authenticated_at > now() - make_interval(mins => ${FRESH_MINUTES}) as fresh,
          exists (select from account a where a.user_id = ${actor.id} and a.password is not null) as has_password
        from session where id = ${credential.id}`,
  );
  if (rows[0]?.fresh) return;
  const how = rows[0]?.has_password ? 'Give your password again' : 'Sign in again';
  throw new DomainError('reauthentication-required', `${how} to ${doing}: your last sign-in was some time ago.`, {
    extra: { methods: [rows[0]?.has_password ? 'password' : 'sign-in'] },
  });
}
