import { randomBytes } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { env } from '@/lib/config/env';
import { newId } from '@/lib/db/ids';
import { type Sql, transaction } from '@/lib/db/transaction';
import { hashApiKey, startOfApiKey } from '@/lib/domain/auth/api-key';

export interface Initialised {
  /** false when the database already had an organization; then nothing was touched */
  created: boolean;
  email?: string;
  /** only when it was generated: shown once, kept nowhere */
  password?: string;
}

const DEFAULT_EMAIL = 'admin@batchyard.local';
/** any number that nothing else locks */
const LOCK = 4_207_311;

/**
 * Fills an empty database with the organization, its first administrator and, if INIT_API_KEY names one, an
 * administrator's key. Safe to call on every start and from several machines at once.
 */
export async function initialise(): Promise<Initialised> {
  const { INIT_ADMIN_EMAIL, INIT_ADMIN_PASSWORD, INIT_API_KEY } = env();
  const email = (INIT_ADMIN_EMAIL ?? DEFAULT_EMAIL).toLowerCase();
  const password = INIT_ADMIN_PASSWORD ?? randomBytes(15).toString('base64url');
  const created = await transaction(async ({ sql }) => {
    await sql.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const { rowCount } = await sql.query('select 1 from organization limit 1');
    if (rowCount) return false;
    const organizationId = newId();
    await sql.query('insert into organization (id, name, slug) values ($1, $2, $3)', [
      organizationId,
      'My organization',
      'main',
    ]);
    const userId = await addAdministrator(sql, organizationId, email, await hashPassword(password));
    // A header can't carry blanks around it.
    if (INIT_API_KEY) await addKey(sql, organizationId, userId, INIT_API_KEY.trim());
    return true;
  });
  if (!created) return { created };
  return INIT_ADMIN_PASSWORD ? { created, email } : { created, email, password };
}

async function addAdministrator(sql: Sql, organizationId: string, email: string, hash: string): Promise<string> {
  const userId = newId();
  const now = new Date();
  await sql.query(
    `insert into "user" (id, name, email, email_verified, created_at, updated_at) values ($1, 'Administrator', $2, true, $3, $3)`,
    [userId, email, now],
  );
  await sql.query(
    `insert into account (id, account_id, provider_id, user_id, password, created_at, updated_at)
     values ($1, $2, 'credential', $2, $3, $4, $4)`,
    [newId(), userId, hash, now],
  );
  await sql.query(`insert into member (id, organization_id, user_id, role) values ($1, $2, $3, 'admin')`, [
    newId(),
    organizationId,
    userId,
  ]);
  return userId;
}

async function addKey(sql: Sql, organizationId: string, userId: string, key: string): Promise<void> {
  await sql.query(
    `insert into api_key (id, organization_id, name, hash, start, role, created_by) values ($1, $2, $3, $4, $5, 'admin', $6)`,
    [newId(), organizationId, 'First key (INIT_API_KEY)', hashApiKey(key), startOfApiKey(key), userId],
  );
}
