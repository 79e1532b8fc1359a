import { must } from '@/lib/contracts/must';
import type { CreateSecretBody, SecretDto } from '@/lib/contracts/secret';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { placeOf, seal } from './seal';
import { SECRET_COLUMNS, type SecretRow, toSecretDto } from './secret-row';

const MAX_SECRETS = 1000;

/**
 * Stores a secret that jobs may send although their rows contain only its name. No route returns its value.
 * @throws DomainError `forbidden`, `reauthentication-required`; `name-in-use` unless it replaces the existing one; `invalid-request` beyond 1000
 *   secrets; `unavailable` without a key
 */
export async function createSecret(context: Context, body: CreateSecretBody): Promise<SecretDto> {
  requirePermission(context, 'secret.create', 'create secrets');
  await requireRecentSignIn(context, 'create secrets');
  const sealed = seal(body.value, placeOf(context.organizationId, body.name));
  return transaction(async ({ db }) => {
    const { rows: counted } = await db.query<{ count: number }>(
      sql`select count(*)::int as count from secret where organization_id = ${context.organizationId}`,
    );
    if (must(counted[0], 'The count of secrets').count >= MAX_SECRETS) {
      throw new DomainError('invalid-request', `There are ${MAX_SECRETS} secrets already; delete what is not needed.`);
    }
    const { rows: held } = await db.query<{ hosts: string[] }>(
      sql`select hosts from secret where organization_id = ${context.organizationId} and name = ${body.name} for update`,
    );
    const replaced = held[0];
    const { rows } = await db.query<SecretRow>(
      sql`insert into secret (id, organization_id, name, sealed, hosts, created_by) values (${newId()}, ${context.organizationId}, ${body.name}, ${sealed}, ${body.hosts}, ${context.actor.name})
       on conflict (organization_id, name) do update
         set sealed = excluded.sealed, hosts = excluded.hosts, created_by = excluded.created_by, created_at = now()
         where ${body.replace}
       returning ${SECRET_COLUMNS}`,
    );
    const row = rows[0];
    if (!row) throw new DomainError('name-in-use', `There is a secret named ${body.name} already.`);
    const target = { kind: 'secret', id: row.id, name: row.name };
    await audit(db, context, replaced ? 'secret.replace' : 'secret.create', target, {
      ...(replaced ? { before: { hosts: replaced.hosts } } : {}),
      after: { hosts: row.hosts },
    });
    return toSecretDto(row);
  });
}
