import { must } from '@/lib/contracts/must';
import type { CreateOrganizationBody, OrganizationDto } from '@/lib/contracts/organization';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';

/**
 * Creates an organization. Its owner is the caller, or who created the calling key.
 * @throws DomainError `forbidden`; `invalid-request` if the key has no creator who could be its owner
 */
export async function createOrganization(context: Context, body: CreateOrganizationBody): Promise<OrganizationDto> {
  requirePermission(context, 'organization.create', 'create an organization');
  return transaction(async ({ db }) => {
    const { actor } = context;
    const { rows: owners } = await db.query<{ id: string }>(
      sql`select id from "user" where id = ${actor.id}
          union all select u.id from api_key k join "user" u on u.id = k.created_by where k.id::text = ${actor.id}`,
    );
    const owner = owners[0];
    if (!owner) {
      throw new DomainError('invalid-request', 'Nobody would own this organization: who made the API key is gone.');
    }
    const id = newId();
    const { rows } = await db.query<{ created_at: Date }>(
      sql`insert into organization (id, name, slug) values (${id}, ${body.name}, ${id}) returning created_at`,
    );
    await db.query(
      sql`insert into member (id, organization_id, user_id, role) values (${newId()}, ${id}, ${owner.id}, 'owner')`,
    );
    const target = { kind: 'organization', id, name: body.name };
    await audit(db, { ...context, organizationId: id }, 'organization.create', target);
    const createdAt = must(rows[0], 'The row of a new organization').created_at.toISOString();
    return { id, name: body.name, role: 'owner', current: false, secondFactorRequired: false, createdAt };
  });
}
