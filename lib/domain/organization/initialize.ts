import { randomBytes } from 'node:crypto';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { hashApiKey, startOfApiKey } from '@/lib/domain/auth/api-key';
import { createAccount } from '@/lib/domain/auth/create-account';
import { hashPassword } from '@/lib/domain/auth/password-hash';
import { passwordFault } from '@/lib/domain/auth/password-policy';

export interface Initialized {
  /** false if the database already had an organization; then nothing was changed */
  created: boolean;
  email?: string;
  /** only if it was generated: shown once and stored nowhere */
  password?: string;
}

const DEFAULT_EMAIL = 'admin@batchyard.local';
/** key of the advisory lock; any number that no other lock uses */
const LOCK = 4_207_311;

/**
 * Initializes an empty database with the organization, its first administrator and, if INIT_API_KEY is set, an
 * administrator's API key. Idempotent, also for concurrent calls on several machines.
 */
export async function initialize(): Promise<Initialized> {
  const { INIT_ADMIN_EMAIL, INIT_ADMIN_PASSWORD, INIT_API_KEY } = env();
  const email = (INIT_ADMIN_EMAIL ?? DEFAULT_EMAIL).toLowerCase();
  const password = INIT_ADMIN_PASSWORD ?? randomBytes(15).toString('base64url');
  const created = await transaction(async ({ db }) => {
    await db.query(sql`select pg_advisory_xact_lock(${LOCK})`);
    const { rowCount } = await db.query(sql`select 1 from organization limit 1`);
    if (rowCount) return false;
    const organizationId = newId();
    await db.query(
      sql`insert into organization (id, name, slug) values (${organizationId}, ${'My organization'}, ${'main'})`,
    );
    const userId = await addAdministrator(db, organizationId, email, await hashPassword(password));
    // An HTTP header cannot have leading or trailing spaces.
    if (INIT_API_KEY) await addKey(db, organizationId, userId, INIT_API_KEY.trim());
    return true;
  });
  if (!created) return { created };
  const fault = INIT_ADMIN_PASSWORD && passwordFault(INIT_ADMIN_PASSWORD, { email });
  if (fault) logger.warn(`INIT_ADMIN_PASSWORD ${fault}. It was accepted: change it after the first sign-in.`);
  return INIT_ADMIN_PASSWORD ? { created, email } : { created, email, password };
}

async function addAdministrator(db: Queryable, organizationId: string, email: string, hash: string): Promise<string> {
  const account = { email, name: 'Administrator', passwordHash: hash, emailVerified: true };
  const userId = await createAccount(db, account);
  await db.query(sql`update "user" set system_admin = true where id = ${userId}`);
  await db.query(
    sql`insert into member (id, organization_id, user_id, role) values (${newId()}, ${organizationId}, ${userId}, 'owner')`,
  );
  return userId;
}

async function addKey(db: Queryable, organizationId: string, userId: string, key: string): Promise<void> {
  await db.query(
    sql`insert into api_key (id, organization_id, name, hash, start, role, system_admin, created_by) values (${newId()}, ${organizationId}, ${'First key'}, ${hashApiKey(key)}, ${startOfApiKey(key)}, 'owner', true, ${userId})`,
  );
}
