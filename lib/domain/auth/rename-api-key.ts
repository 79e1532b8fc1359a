import type { ApiKeyDto } from '@/lib/contracts/api-key';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { lockApiKey, toApiKeyDto } from './api-key-row';
import { forgetKeys } from './authenticate-key';

/** Renames a key. Entries of the audit log keep the name of their time. @throws DomainError `forbidden`, `not-found` */
export async function renameApiKey(context: Context, id: string, name: string): Promise<ApiKeyDto> {
  requirePermission(context, 'api-key.update');
  if (!isId(id)) throw notFound('API key', id);
  return transaction(async ({ db, afterCommit }) => {
    const before = await lockApiKey(db, context.organizationId, id);
    await db.query(sql`update api_key set name = ${name} where id = ${id}`);
    await audit(
      db,
      context,
      'api-key.update',
      { kind: 'api-key', id, name },
      { before: { name: before.name }, after: { name } },
    );
    afterCommit(forgetKeys);
    return toApiKeyDto({ ...before, name });
  });
}
