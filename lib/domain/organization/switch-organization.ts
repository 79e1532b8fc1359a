import type { OrganizationDto } from '@/lib/contracts/organization';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { inOrganization, readOrganizations, toOrganizationDto } from './organization-row';

/**
 * Makes the caller's session work in another organization. Its event streams of the old one end.
 * @throws DomainError `not-found`; `invalid-request` for an API key, which belongs to one organization
 */
export async function switchOrganization(context: Context, id: string): Promise<OrganizationDto> {
  const there = await inOrganization(context, id);
  requirePermission(there, 'organization.see', 'work in an organization');
  const { credential } = context;
  if (credential?.kind !== 'session') {
    throw new DomainError('invalid-request', 'Only a session can switch: an API key belongs to one organization.');
  }
  const row = (await readOrganizations(context)).find((one) => one.id === id);
  if (!row) throw notFound('organization', id);
  await transaction(async ({ db }) => {
    await db.query(sql`update session set active_organization_id = ${id} where id = ${credential.id}`);
    await audit(db, there, 'session.switch', { kind: 'organization', id, name: row.name });
  });
  return toOrganizationDto(row, there);
}
