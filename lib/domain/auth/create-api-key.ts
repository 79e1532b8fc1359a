import type { ApiKeyDto, CreateApiKeyBody } from '@/lib/contracts/api-key';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { hashApiKey, newApiKey, startOfApiKey } from './api-key';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKeyDto } from './api-key-row';

export interface CreatedApiKey {
  /** shown once and stored nowhere */
  key: string;
  apiKey: ApiKeyDto;
}

/** Creates an API key for programs. @throws DomainError `forbidden`; `invalid-request` if its expiry is in the past */
export async function createApiKey(context: Context, body: CreateApiKeyBody): Promise<CreatedApiKey> {
  requirePermission(context, 'api-key.create', 'create API keys');
  if (body.expiresAt && new Date(body.expiresAt) <= new Date()) {
    throw new DomainError('invalid-request', 'A key must expire in the future.', {
      errors: [{ path: 'expiresAt', message: 'must be in the future' }],
    });
  }
  const key = newApiKey();
  const apiKey = await transaction(async ({ db }) => {
    const { rows } = await db.query<ApiKeyRow>(
      sql`insert into api_key (id, organization_id, name, hash, start, role, created_by, expires_at)
       values (${newId()}, ${context.organizationId}, ${body.name}, ${hashApiKey(key)}, ${startOfApiKey(key)}, ${body.role}, ${context.actor.id}, ${body.expiresAt ?? null}) returning ${API_KEY_COLUMNS}`,
    );
    const dto = toApiKeyDto(rows[0] as ApiKeyRow);
    await audit(
      db,
      context,
      'api-key.create',
      { kind: 'api-key', id: dto.id, name: dto.name },
      { after: { role: dto.role } },
    );
    return dto;
  });
  return { key, apiKey };
}
