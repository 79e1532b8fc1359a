import type { SignInMethods } from '@/lib/contracts/sign-in-methods';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { auth } from './auth';
import { passkeyHost } from './passkeys';

interface Row {
  has_password: boolean;
  has_app: boolean;
}

interface PasskeyRow {
  id: string;
  name: string | null;
  created_at: Date | null;
  backed_up: boolean;
}

/** Returns how the person can sign in, for their own security page. */
export async function getSignInMethods({ actor: { id } }: Context): Promise<SignInMethods> {
  const [{ rows }, { rows: passkeys }] = await Promise.all([
    pool().query<Row>(
      sql`select exists (select from account a where a.user_id = u.id and a.password is not null) as has_password,
          u.two_factor_enabled as has_app from "user" u where u.id = ${id}`,
    ),
    pool().query<PasskeyRow>(
      sql`select id, name, created_at, backed_up from passkey where user_id = ${id} order by created_at, id`,
    ),
  ]);
  const { has_password: hasPassword = false, has_app: hasApp = false } = rows[0] ?? {};
  return {
    hasPassword,
    hasApp,
    recoveryCodesLeft: hasApp ? await countRecoveryCodes(id) : 0,
    passkeys: passkeys.map((row) => ({
      id: row.id,
      name: row.name ?? 'Passkey',
      createdAt: row.created_at?.toISOString() ?? null,
      synced: row.backed_up,
    })),
    passkeysUnavailable:
      passkeyHost() === null
        ? 'Browsers make passkeys for a host name only, and this address is an IP address. Set PUBLIC_URL to one with a name.'
        : null,
  };
}

async function countRecoveryCodes(userId: string): Promise<number> {
  const { backupCodes } = await auth().api.viewBackupCodes({ body: { userId } });
  return backupCodes.length;
}
