import type { OrganizationDto } from '@/lib/contracts/organization';
import type { Role } from '@/lib/contracts/permissions';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { hasSecondFactor, secondFactorRequired } from '@/lib/domain/auth/second-factor';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';

interface Row {
  id: string;
  name: string;
  created_at: Date;
  role: Role;
  sees_payloads: boolean;
  second_factor_required: boolean;
}

/** Reads the organizations of the caller: all memberships of a person, the one organization of a key. */
export async function readOrganizations({ actor, organizationId }: Context): Promise<Row[]> {
  if (actor.kind !== 'user') {
    const role = 'role' in actor ? actor.role : 'viewer';
    const { rows } = await pool().query<Row>(
      sql`select id, name, created_at, ${role}::text as role, true as sees_payloads, second_factor_required
          from organization
          where id = ${organizationId} and deleting_at is null`,
    );
    return rows;
  }
  const { rows } = await pool().query<Row>(
    sql`select o.id, o.name, o.created_at, m.role, m.sees_payloads, o.second_factor_required
        from member m join organization o on o.id = m.organization_id
        where m.user_id = ${actor.id} and o.deleting_at is null order by m.created_at, m.id`,
  );
  return rows;
}

export const toOrganizationDto = (row: Row, context: Context): OrganizationDto => ({
  id: row.id,
  name: row.name,
  role: row.role,
  current: row.id === context.organizationId,
  secondFactorRequired: row.second_factor_required,
  createdAt: row.created_at.toISOString(),
});

/**
 * Returns the caller's context in one of their organizations, with the role there.
 * @throws DomainError `not-found` for any other organization
 */
export async function inOrganization(context: Context, id: string): Promise<Context> {
  const row = (await readOrganizations(context)).find((one) => one.id === id);
  if (!row) throw notFound('organization', id);
  if (context.actor.kind !== 'user') return context;
  const actor = { ...context.actor, role: row.role, seesPayloads: row.sees_payloads };
  return { ...context, actor, organizationId: id };
}

/**
 * Requires the second factor that an organization asks for, where a call names another one than the session works in.
 * @param there the caller's context in that organization @throws DomainError `second-factor-required`
 */
export async function requireConfirmed(there: Context): Promise<void> {
  const { rows } = await pool().query<{ second_factor_required: boolean }>(
    sql`select second_factor_required from organization where id = ${there.organizationId}`,
  );
  if (rows[0]?.second_factor_required && !(await hasSecondFactor(there))) throw secondFactorRequired();
}
