import type { Role } from '@/lib/contracts/permissions';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { systemContext } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';

// What `npm run admin` does. Whoever can read DATA_DIR or DATABASE_URL may do it, so no permission is asked for.

export interface ListedUser {
  email: string;
  name: string;
  system_admin: boolean;
  organization: string | null;
  role: Role | null;
}

/** Lists every user, once for each organization that they belong to. */
export async function listUsers(): Promise<ListedUser[]> {
  const { rows } = await pool().query<ListedUser>(
    sql`select u.email, u.name, u.system_admin, o.name as organization, m.role
        from "user" u left join member m on m.user_id = u.id left join organization o on o.id = m.organization_id
        order by u.email, m.created_at, m.id`,
  );
  return rows;
}

/**
 * Makes a user an owner of an organization: the given one, or the first one.
 * @returns the name of the organization
 * @throws DomainError `not-found`
 */
export async function makeOwner(email: string, organization?: string): Promise<string> {
  return transaction(async ({ db }) => {
    const user = await findUser(db, email);
    const { rows } = await db.query<{ id: string; name: string }>(
      sql`select id, name from organization
          where deleting_at is null and (${organization ?? null}::text is null or ${organization ?? null} in (id, name))
          order by created_at, id limit 1`,
    );
    const found = rows[0];
    if (!found) {
      if (organization !== undefined) throw notFound('organization', organization);
      throw new DomainError('not-found', 'There is no organization yet.');
    }
    await db.query(
      sql`insert into member (id, organization_id, user_id, role) values (${newId()}, ${found.id}, ${user.id}, 'owner')
          on conflict (organization_id, user_id) do update set role = 'owner'`,
    );
    const target = { kind: 'user', id: user.id, name: user.name };
    await audit(db, systemContext(found.id), 'member.make-owner', target);
    return found.name;
  });
}

/** Makes a user a system administrator. @throws DomainError `not-found` */
export async function makeSystemAdministrator(email: string): Promise<void> {
  await transaction(async ({ db }) => {
    const user = await findUser(db, email);
    await db.query(sql`update "user" set system_admin = true where id = ${user.id}`);
    await auditAtFirst(db, 'user.make-system-administrator', user);
  });
}

/**
 * Removes the authenticator app and the passkeys of a user, so that the password is enough to sign in. All sessions end.
 * @throws DomainError `not-found`
 */
export async function removeSecondFactor(email: string): Promise<void> {
  await transaction(async ({ db }) => {
    const user = await findUser(db, email);
    await db.query(sql`delete from two_factor where user_id = ${user.id}`);
    await db.query(sql`delete from passkey where user_id = ${user.id}`);
    await db.query(sql`update "user" set two_factor_enabled = false where id = ${user.id}`);
    await db.query(sql`delete from session where user_id = ${user.id}`);
    await auditAtFirst(db, 'user.remove-second-factor', user);
  });
}

/** Writes the entry into the log of the first organization: the action belongs to no other one. */
async function auditAtFirst(
  db: Queryable,
  action: `user.${string}`,
  user: { id: string; name: string },
): Promise<void> {
  const { rows } = await db.query<{ id: string }>(sql`select id from organization order by created_at, id limit 1`);
  if (!rows[0]) throw notFound('organization', '');
  await audit(db, systemContext(rows[0].id), action, { kind: 'user', id: user.id, name: user.name });
}

async function findUser(db: Queryable, email: string): Promise<{ id: string; name: string }> {
  const { rows } = await db.query<{ id: string; name: string }>(
    sql`select id, name from "user" where email = ${email.toLowerCase()}`,
  );
  if (!rows[0]) throw notFound('user', email);
  return rows[0];
}
