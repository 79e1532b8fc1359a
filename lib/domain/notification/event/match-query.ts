import { logger } from '@/lib/config/logger';
import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { compileBatchQuery } from '@/lib/domain/query/batch-condition';
import { openScope, requireQuery } from '@/lib/domain/query/scope';

/**
 * Returns an SQL condition on `batch b`: it belongs to the organization and matches the query of a rule. Undefined if the
 * query is not valid any more, or its view is gone: then nothing matches.
 * @param given a query, or the id of a shared view of batches
 */
export async function batchCondition(db: Queryable, organizationId: string, given: string): Promise<Sql | undefined> {
  const text = isId(given) ? await queryOfView(db, organizationId, given) : given;
  if (text === undefined) return undefined;
  try {
    const query = requireQuery(text, 'batches');
    return compileBatchQuery(query, await openScope(systemContext(organizationId), query, 'batches'));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    logger.warn(
      { err: error, query: text },
      'The query of a notification rule is not valid. The rule reports nothing.',
    );
    return undefined;
  }
}

/** Returns whether a batch matches the query of a rule. */
export async function matchesQuery(
  db: Queryable,
  organizationId: string,
  batchId: string,
  given: string,
): Promise<boolean> {
  const matches = await batchCondition(db, organizationId, given);
  if (!matches) return false;
  const { rowCount } = await db.query(sql`select from batch b where b.id = ${batchId}::uuid and ${matches}`);
  return rowCount === 1;
}

/** Returns the query of a shared view of batches; undefined if there is none any more. */
export async function queryOfView(db: Queryable, organizationId: string, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ query: string }>(
    sql`select v.query from saved_view v where v.id = ${id}::uuid and v.organization_id = ${organizationId} and v.shared and v.of = 'batches'`,
  );
  return rows[0]?.query;
}
