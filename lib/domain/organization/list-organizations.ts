import type { OrganizationDto } from '@/lib/contracts/organization';
import { type Context, requirePermission } from '@/lib/domain/context';
import { readOrganizations, toOrganizationDto } from './organization-row';

/** Lists the organizations of the caller, the oldest membership first. @throws DomainError `forbidden` */
export async function listOrganizations(context: Context): Promise<OrganizationDto[]> {
  requirePermission(context, 'organization.see', 'see organizations');
  return (await readOrganizations(context)).map((row) => toOrganizationDto(row, context));
}
