import { logger } from '@/lib/config/logger';
import type { OidcProvider } from '@/lib/config/oidc';
import { ROLES, type Role } from '@/lib/contracts/permissions';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { removeMember, updateMember } from '@/lib/domain/organization/change-member';

/** What a provider says about a person. */
interface Claims {
  /** of an account that exists */
  userId: string | undefined;
  email: string;
  emailVerified: boolean;
  groups: unknown;
}

/** What a sign-in through a provider gives. */
export interface Admission {
  organizationId: string;
  role: Role;
  provider: string;
  /** the role follows the groups at each sign-in; otherwise it is given once */
  followsGroups: boolean;
}

interface Refusal {
  /** for the address of the sign-in page, which has the words */
  error: 'email_not_verified' | 'not_admitted' | 'not_in_group';
}

/**
 * Decides by the domain of the e-mail address and by the groups whether a person is admitted, and to what. A membership ends
 * when no group allows it any more.
 */
export async function decideAdmission(provider: OidcProvider, claims: Claims): Promise<Admission | Refusal> {
  if (!claims.emailVerified) return { error: 'email_not_verified' };
  const organization = provider.domains[claims.email.toLowerCase().split('@').at(-1) ?? ''];
  if (organization === undefined) return { error: 'not_admitted' };
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from organization where id = ${organization} or slug = ${organization} limit 1`,
  );
  const organizationId = rows[0]?.id;
  if (organizationId === undefined) {
    logger.error({ organization, provider: provider.id }, 'OIDC_PROVIDERS names an organization that does not exist.');
    return { error: 'not_admitted' };
  }
  const role = roleOf(provider, claims.groups);
  if (role) return { organizationId, role, provider: provider.id, followsGroups: provider.groups !== undefined };
  if (claims.userId !== undefined) await endMembership(organizationId, claims.userId);
  return { error: 'not_in_group' };
}

/** Returns the highest role of these groups; undefined if none of them is configured. */
export function roleOf({ groups, role }: Pick<OidcProvider, 'groups' | 'role'>, given: unknown): Role | undefined {
  if (!groups) return role;
  const names = Array.isArray(given) ? given : [given];
  const roles = names.flatMap((name) =>
    typeof name === 'string' && Object.hasOwn(groups, name) ? [groups[name]] : [],
  );
  return ROLES.findLast((one) => roles.includes(one));
}

interface Member {
  id: string;
  role: Role;
}

async function memberOf(organizationId: string, userId: string): Promise<Member | undefined> {
  const { rows } = await pool().query<Member>(
    sql`select id, role from member where organization_id = ${organizationId} and user_id = ${userId}`,
  );
  return rows[0];
}

/** Makes a person a member of the organization, or gives a member the role of their groups. */
export async function admit(admission: Admission, user: { id: string; name: string }): Promise<void> {
  const { organizationId, role, provider } = admission;
  const context = contextOf(organizationId, provider);
  const member = await memberOf(organizationId, user.id);
  if (!member) {
    await transaction(async ({ db }) => {
      const id = newId();
      const { rowCount } = await db.query(
        sql`insert into member (id, organization_id, user_id, role) values (${id}, ${organizationId}, ${user.id}, ${role}) on conflict do nothing`,
      );
      if (rowCount)
        await audit(db, context, 'member.add', { kind: 'member', id, name: user.name }, { after: { role } });
    });
  } else if (admission.followsGroups && member.role !== role) {
    await unlessLastOwner(updateMember(context, member.id, { role }));
  }
}

async function endMembership(organizationId: string, userId: string): Promise<void> {
  const member = await memberOf(organizationId, userId);
  if (member) await unlessLastOwner(removeMember(contextOf(organizationId, 'groups'), member.id));
}

const contextOf = (organizationId: string, provider: string): Context => ({
  ...systemContext(organizationId),
  actor: { kind: 'system', id: 'single-sign-on', name: `single sign-on (${provider})` },
});

/** Groups must not leave an organization without anybody who can invite and appoint people. */
async function unlessLastOwner(change: Promise<unknown>): Promise<void> {
  await change.catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.code !== 'last-owner') throw error;
    logger.warn({ err: error }, 'The groups of the only owner changed. The role was kept.');
  });
}
