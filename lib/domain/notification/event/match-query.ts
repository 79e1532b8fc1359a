import { logger } from '@/lib/config/logger';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { compileBatchQuery } from '@/lib/domain/query/batch-condition';
import { openScope, requireQuery } from '@/lib/domain/query/scope';

/**
 * Returns whether a batch matches the query of a rule.
 * @param given a query, or the id of a shared view of batches
 */
export async function matchesQuery(
  db: Queryable,
  organizationId: string,
  batchId: string,
  given: string,
): Promise<boolean> {
  const text = isId(given) ? await queryOfView(db, organizationId, given) : given;
  if (text === undefined) return false;
  try {
    const query = requireQuery(text, 'batches');
    const scope = await openScope(systemContext(organizationId), query, 'batches');
    const { rows } = await db.query<{ id: string }>(
      sql`select b.id from batch b where b.id = ${batchId}::uuid and ${compileBatchQuery(query, scope)}`,
    );
    return rows.length > 0;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    logger.warn(
      { err: error, query: text },
      'The query of a notification rule is not valid. The rule reports nothing.',
    );
    return false;
  }
}

/** Returns the query of a shared view of batches; undefined if there is none any more. */
export async function queryOfView(db: Queryable, organizationId: string, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ query: string }>(
    sql`select v.query from saved_view v where v.id = ${id}::uuid and v.organization_id = ${organizationId} and v.shared and v.of = 'batches'`,
  );
  return rows[0]?.query;
}
