import type { CreatedApiKey, RotateApiKeyBody } from '@/lib/contracts/api-key';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { hashApiKey, newApiKey, startOfApiKey } from './api-key';
import { lockApiKey, toApiKeyDto } from './api-key-row';
import { forgetKeys } from './authenticate-key';
import { requireRights } from './key-rights';
import { requireRecentSignIn } from './require-recent-sign-in';

/**
 * Gives a key a new value. The old one works for `overlapSeconds` more; an even older one ends now. Whoever may do less
 * than the key may not rotate it, because the answer contains its value.
 * @throws DomainError `forbidden`, `reauthentication-required`, `not-found`
 */
export async function rotateApiKey(
  context: Context,
  id: string,
  { overlapSeconds }: RotateApiKeyBody,
): Promise<CreatedApiKey> {
  requirePermission(context, 'api-key.rotate');
  await requireRecentSignIn(context, 'rotate an API key');
  if (!isId(id)) throw notFound('API key', id);
  const key = newApiKey();
  const apiKey = await transaction(async ({ db, afterCommit }) => {
    const before = await lockApiKey(db, context.organizationId, id);
    const { role, scopes, sees_payloads: seesPayloads, system_admin: systemAdmin } = before;
    requireRights(context, { role, scopes, seesPayloads, systemAdmin }, 'rotate a key');
    await db.query(
      sql`update api_key set previous_hash = case when ${overlapSeconds}::int > 0 then hash end,
         previous_until = case when ${overlapSeconds}::int > 0 then now() + make_interval(secs => ${overlapSeconds}) end,
         hash = ${hashApiKey(key)}, start = ${startOfApiKey(key)}
       where id = ${id}`,
    );
    await audit(
      db,
      context,
      'api-key.rotate',
      { kind: 'api-key', id, name: before.name },
      { after: { overlapSeconds } },
    );
    afterCommit(forgetKeys);
    return toApiKeyDto(await lockApiKey(db, context.organizationId, id));
  });
  return { key, apiKey };
}
