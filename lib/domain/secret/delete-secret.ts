import type { SecretDto } from '@/lib/contracts/secret';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { SECRET_COLUMNS, type SecretRow, toSecretDto } from './secret-row';

/** Deletes a secret. Rows that still name it fail as `unknown-secret`. @throws DomainError `forbidden`, `reauthentication-required`, `not-found` */
export async function deleteSecret(context: Context, id: string): Promise<SecretDto> {
  requirePermission(context, 'secret.delete', 'delete secrets');
  await requireRecentSignIn(context, 'delete secrets');
  if (!isId(id)) throw notFound('secret', id);
  return transaction(async ({ db }) => {
    const { rows } = await db.query<SecretRow>(
      sql`delete from secret where id = ${id} and organization_id = ${context.organizationId} returning ${SECRET_COLUMNS}`,
    );
    const row = rows[0];
    if (!row) throw notFound('secret', id);
    await audit(db, context, 'secret.delete', { kind: 'secret', id, name: row.name });
    return toSecretDto(row);
  });
}
