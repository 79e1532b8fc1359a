import { defined } from '@/lib/contracts/defined';
import { must } from '@/lib/contracts/must';
import type { OrganizationDto, UpdateOrganizationBody } from '@/lib/contracts/organization';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { hasSecondFactor } from '@/lib/domain/auth/second-factor';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { inOrganization, readOrganizations, requireConfirmed, toOrganizationDto } from './organization-row';

/**
 * Renames an organization of the caller, or sets whether its members need a second factor. Who has none is stopped at
 * the next request.
 * @throws DomainError `not-found`; `forbidden`, also for an owner who asks others for a second factor and has none;
 *   `reauthentication-required` for the second factor; `second-factor-required`
 */
export async function updateOrganization(
  context: Context,
  id: string,
  changes: UpdateOrganizationBody,
): Promise<OrganizationDto> {
  const there = await inOrganization(context, id);
  requirePermission(there, 'organization.update', 'change an organization');
  await requireConfirmed(there);
  if (changes.secondFactorRequired !== undefined) {
    await requireRecentSignIn(there, 'change who needs a second factor');
    if (changes.secondFactorRequired && !(await hasSecondFactor(there))) {
      throw new DomainError(
        'forbidden',
        'Set up a second factor of your own first, under Settings, Security, or sign in with it: this would keep you out.',
      );
    }
  }
  await transaction(async ({ db }) => {
    const { rows } = await db.query<{ name: string; second_factor_required: boolean }>(
      sql`select name, second_factor_required from organization where id = ${id} for update`,
    );
    const { name, second_factor_required: secondFactorRequired } = must(rows[0], 'The organization of a member');
    const before = { name, secondFactorRequired };
    const after = { ...before, ...defined(changes) };
    await db.query(
      sql`update organization set name = ${after.name}, second_factor_required = ${after.secondFactorRequired} where id = ${id}`,
    );
    await audit(db, there, 'organization.update', { kind: 'organization', id, name: after.name }, { before, after });
  });
  const row = (await readOrganizations(context)).find((one) => one.id === id);
  if (!row) throw notFound('organization', id);
  return toOrganizationDto(row, context);
}
