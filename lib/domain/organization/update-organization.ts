import type { OrganizationDto } from '@/lib/contracts/organization';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { inOrganization, readOrganizations, toOrganizationDto } from './organization-row';

/** Renames an organization of the caller. @throws DomainError `not-found`, `forbidden` */
export async function renameOrganization(context: Context, id: string, name: string): Promise<OrganizationDto> {
  const there = await inOrganization(context, id);
  requirePermission(there, 'organization.update', 'rename an organization');
  await transaction(async ({ db }) => {
    const { rows } = await db.query<{ name: string }>(sql`select name from organization where id = ${id} for update`);
    await db.query(sql`update organization set name = ${name} where id = ${id}`);
    const change = { before: { name: rows[0]?.name }, after: { name } };
    await audit(db, there, 'organization.update', { kind: 'organization', id, name }, change);
  });
  const row = (await readOrganizations(context)).find((one) => one.id === id);
  if (!row) throw notFound('organization', id);
  return toOrganizationDto(row, context);
}
