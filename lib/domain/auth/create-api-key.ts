import type { ApiKeyDto, CreateApiKeyBody, CreatedApiKey } from '@/lib/contracts/api-key';
import { stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission, seesPayloads } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { notifyUser } from '@/lib/domain/mail/notify-user';
import { hashApiKey, newApiKey, startOfApiKey } from './api-key';
import { lockApiKey, toApiKeyDto } from './api-key-row';
import { type KeyRights, requireRights, rightsOfScopes } from './key-rights';
import { requireRecentSignIn } from './require-recent-sign-in';

/**
 * Creates an API key for programs: with a role, or with scopes. It never has more rights than its maker.
 * @throws DomainError `forbidden`, `reauthentication-required`; `invalid-request` if its expiry is in the past
 */
export async function createApiKey(context: Context, body: CreateApiKeyBody): Promise<CreatedApiKey> {
  requirePermission(context, 'api-key.create');
  await requireRecentSignIn(context, 'create an API key');
  if (body.expiresAt && new Date(body.expiresAt) <= new Date()) {
    throw new DomainError('invalid-request', 'A key must expire in the future.', {
      errors: [{ path: 'expiresAt', message: 'must be in the future' }],
    });
  }
  const rights: KeyRights = {
    ...(body.scopes
      ? rightsOfScopes(body.scopes)
      : { role: body.role ?? 'operator', scopes: null, systemAdmin: false }),
    seesPayloads: body.seesPayloads ?? seesPayloads(context),
  };
  requireRights(context, rights, 'create a key');
  const key = newApiKey();
  const { actor, origin } = context;
  const apiKey = await transaction(async ({ db, afterCommit }): Promise<ApiKeyDto> => {
    const id = newId();
    await db.query(
      sql`insert into api_key (id, organization_id, name, hash, start, role, scopes, sees_payloads, system_admin, created_by, expires_at)
       values (${id}, ${context.organizationId}, ${body.name}, ${hashApiKey(key)}, ${startOfApiKey(key)}, ${rights.role},
         ${rights.scopes ? stringifyJson(rights.scopes) : null}::json, ${rights.seesPayloads}, ${rights.systemAdmin},
         ${context.actor.id}, ${body.expiresAt ?? null})`,
    );
    const after = { ...rights, expiresAt: body.expiresAt };
    await audit(db, context, 'api-key.create', { kind: 'api-key', id, name: body.name }, { after });
    if (actor.kind === 'user') {
      const what = `An API key named ${body.name} was created with your account`;
      afterCommit(() => notifyUser({ userId: actor.id, what, address: origin?.address }));
    }
    return toApiKeyDto(await lockApiKey(db, context.organizationId, id));
  });
  return { key, apiKey };
}
