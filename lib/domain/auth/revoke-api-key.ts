import type { ApiKeyDto } from '@/lib/contracts/api-key';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKeyDto } from './api-key-row';
import { forgetKeys } from './authenticate-key';

/**
 * Revokes a key: in this process at once, in other processes within seconds.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function revokeApiKey(context: Context, id: string): Promise<ApiKeyDto> {
  requirePermission(context, 'api-key.revoke', 'revoke API keys');
  if (!isId(id)) throw notFound('API key', id);
  const revoked = await transaction(async ({ db, afterCommit }) => {
    const { rows } = await db.query<ApiKeyRow>(
      sql`update api_key set revoked_at = now() where id = ${id} and organization_id = ${context.organizationId} and revoked_at is null
       returning ${API_KEY_COLUMNS}`,
    );
    const row = rows[0];
    if (!row) throw notFound('API key', id);
    await audit(db, context, 'api-key.revoke', { kind: 'api-key', id, name: row.name });
    afterCommit(forgetKeys);
    return toApiKeyDto(row);
  });
  return revoked;
}
