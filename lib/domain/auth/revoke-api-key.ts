import type { ApiKeyDto } from '@/lib/contracts/api-key';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { lockApiKey, toApiKeyDto } from './api-key-row';
import { forgetKeys } from './authenticate-key';
import { requireRecentSignIn } from './require-recent-sign-in';

/**
 * Revokes a key: in this process at once, in other processes within seconds.
 * @throws DomainError `forbidden`, `reauthentication-required`, `not-found`
 */
export async function revokeApiKey(context: Context, id: string): Promise<ApiKeyDto> {
  requirePermission(context, 'api-key.revoke');
  await requireRecentSignIn(context, 'revoke an API key');
  if (!isId(id)) throw notFound('API key', id);
  return transaction(async ({ db, afterCommit }) => {
    const row = await lockApiKey(db, context.organizationId, id);
    await db.query(sql`update api_key set revoked_at = now() where id = ${id}`);
    await audit(db, context, 'api-key.revoke', { kind: 'api-key', id, name: row.name });
    afterCommit(forgetKeys);
    return toApiKeyDto(row);
  });
}
