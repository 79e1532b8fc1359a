import type { ErrorCode } from '@/lib/contracts/errors';
import type { Role } from '@/lib/contracts/permissions';
import type { DeletionPreview } from '@/lib/contracts/person';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';

/** Returns what the deletion of the caller's account would do. @throws DomainError `forbidden` for an API key */
export async function previewOwnDeletion(context: Context): Promise<DeletionPreview> {
  return readPreview(pool(), requirePerson(context), 'You are');
}

/** Returns what the deletion of somebody's account would do. @throws DomainError `forbidden`, `not-found` */
export async function previewDeletion(context: Context, userId: string): Promise<DeletionPreview> {
  requirePermission(context, 'user.delete');
  return readPreview(pool(), userId);
}

/** Returns the id of the person who calls. @throws DomainError `forbidden` for an API key */
export function requirePerson({ actor }: Context): string {
  if (actor.kind === 'user') return actor.id;
  throw new DomainError('forbidden', 'Only a person who is signed in has an account.');
}

interface UserRow {
  name: string;
  email: string;
  system_admin: boolean;
  is_only_administrator: boolean;
  exports: number;
}

interface Membership {
  id: string;
  name: string;
  role: Role;
  is_only_owner: boolean;
  has_others: boolean;
  has_work: boolean;
  is_only_organization: boolean;
}

interface KeyRow {
  id: string;
  name: string;
  organization_id: string;
  organization: string;
}

/**
 * Reads what goes with an account, what stays, and what forbids its deletion.
 * @param subject begins the refusal: `You are`; by default the name of the person
 * @throws DomainError `not-found`
 */
export async function readPreview(db: Queryable, userId: string, subject?: string): Promise<DeletionPreview> {
  const user = await readUser(db, userId);
  if (!user) throw notFound('user', userId);
  const memberships = await readMemberships(db, userId);
  const organizations = memberships.map(({ id, name, role, ...one }) => ({
    id,
    name,
    role,
    deleted: one.is_only_owner && !one.has_others && !one.has_work && !one.is_only_organization,
  }));
  const deleted = organizations.filter((one) => one.deleted).map(({ id }) => id);
  const keys = await readKeys(db, userId);
  return {
    user: { id: userId, name: user.name, email: user.email },
    refusal: refusalOf(subject ?? `${user.name} is`, user, memberships),
    organizations,
    apiKeys: keys.flatMap(({ id, name, organization_id: organizationId, organization }) =>
      deleted.includes(organizationId) ? [] : [{ id, name, organization: { id: organizationId, name: organization } }],
    ),
    exports: user.exports,
  };
}

/** An administrator without an organization can't sign in, so such a one does not count. */
async function readUser(db: Queryable, userId: string): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(
    sql`select u.name, u.email, u.system_admin,
          u.system_admin and not exists (select from "user" o join member m on m.user_id = o.id
            join organization g on g.id = m.organization_id and g.deleting_at is null
            where o.system_admin and o.id <> u.id) as is_only_administrator,
          (select count(*)::int from file f where f.only_for = u.id and f.hidden_at is null) as exports
        from "user" u where u.id = ${userId}`,
  );
  return rows[0];
}

/** Exports are no work: they go with the person. */
async function readMemberships(db: Queryable, userId: string): Promise<Membership[]> {
  const { rows } = await db.query<Membership>(
    sql`select o.id, o.name, m.role,
          m.role = 'owner' and not exists (select from member x
            where x.organization_id = o.id and x.role = 'owner' and x.user_id <> ${userId}) as is_only_owner,
          exists (select from member x where x.organization_id = o.id and x.user_id <> ${userId}) as has_others,
          exists (select from batch b where b.organization_id = o.id)
            or exists (select from flow f where f.organization_id = o.id)
            or exists (select from job j where j.organization_id = o.id and j.type <> 'export') as has_work,
          not exists (select from organization p where p.id <> o.id and p.deleting_at is null) as is_only_organization
        from member m join organization o on o.id = m.organization_id
        where m.user_id = ${userId} and o.deleting_at is null order by m.created_at, m.id`,
  );
  return rows;
}

async function readKeys(db: Queryable, userId: string): Promise<KeyRow[]> {
  const { rows } = await db.query<KeyRow>(
    sql`select k.id, k.name, k.organization_id, o.name as organization
        from api_key k join organization o on o.id = k.organization_id
        where k.created_by = ${userId} and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
          and o.deleting_at is null order by o.name, k.name, k.id`,
  );
  return rows;
}

/** Returns why the account must stay for now, with what to do first. */
function refusalOf(
  subject: string,
  user: UserRow,
  memberships: readonly Membership[],
): { code: ErrorCode; detail: string } | null {
  if (user.is_only_administrator) {
    const detail = `${subject} the only system administrator. First make somebody else one: npm run admin -- make-system-administrator <e-mail>.`;
    return { code: 'last-system-administrator', detail };
  }
  const alone = memberships.find(
    (one) => one.is_only_owner && (one.has_others || one.has_work || one.is_only_organization),
  );
  if (!alone) return null;
  const what = alone.has_others
    ? 'which has other members'
    : alone.has_work
      ? 'which has batches or jobs'
      : 'the only organization';
  const first = alone.has_others ? 'make another member an owner' : 'invite somebody as an owner';
  const or = alone.is_only_organization ? '' : ', or delete the organization';
  return { code: 'last-owner', detail: `${subject} the only owner of ${alone.name}, ${what}. First ${first}${or}.` };
}
