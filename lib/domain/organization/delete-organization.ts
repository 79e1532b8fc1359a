import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { forgetKeys } from '@/lib/domain/auth/authenticate-key';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { inOrganization, requireConfirmed } from './organization-row';

/**
 * Closes an organization for everyone: its keys are revoked, and its sessions and event streams end. The sweep then
 * deletes its rows and files.
 * @throws DomainError `not-found`, `forbidden`, `reauthentication-required`, `second-factor-required`; `organization-busy` while something runs
 *   there; `invalid-request` for the only organization
 */
export async function deleteOrganization(context: Context, id: string): Promise<{ id: string; deleting: true }> {
  const there = await inOrganization(context, id);
  requirePermission(there, 'organization.delete', 'delete an organization');
  await requireConfirmed(there);
  await requireRecentSignIn(context, 'delete an organization');
  return transaction(async ({ db, afterCommit }) => {
    const { rows } = await db.query<{ id: string; name: string }>(
      sql`select id, name from organization where deleting_at is null order by id for update`,
    );
    if (rows.length === 1) {
      throw new DomainError('invalid-request', 'This is the only organization: Batchyard cannot be without one.');
    }
    await requireIdle(db, id);
    await closeOrganization(db, there, rows.find((row) => row.id === id)?.name ?? null);
    afterCommit(forgetKeys);
    return { id, deleting: true };
  });
}

async function requireIdle(db: Queryable, organizationId: string): Promise<void> {
  const { rows } = await db.query<{ batches: number; jobs: number }>(
    sql`select (select count(*)::int from batch where organization_id = ${organizationId} and status = 'in-progress') as batches,
          (select count(*)::int from in_flight where organization_id = ${organizationId}) as jobs`,
  );
  const { batches = 0, jobs = 0 } = rows[0] ?? {};
  if (batches + jobs === 0) return;
  const what = batches > 0 ? `${batches} batches run there` : `${jobs} jobs run there`;
  throw new DomainError('organization-busy', `${what}. Cancel them first, or wait until they have ended.`);
}

/** Marks the organization of the context for the sweep, and revokes its keys. */
export async function closeOrganization(db: Queryable, context: Context, name: string | null): Promise<void> {
  const { organizationId: id } = context;
  await db.query(sql`update organization set deleting_at = now() where id = ${id}`);
  await db.query(sql`update api_key set revoked_at = now() where organization_id = ${id} and revoked_at is null`);
  await audit(db, context, 'organization.delete', { kind: 'organization', id, name });
}
