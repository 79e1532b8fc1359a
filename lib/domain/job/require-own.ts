import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { type Context, may } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';

/**
 * Operators act on what members and keys of the organization launched. What another BullMQ client added belongs to that
 * client's program.
 * @param which an SQL condition on `job j`
 * @throws DomainError `forbidden`
 */
export async function requireOwn(db: Queryable, context: Context, which: Sql, doing: string): Promise<void> {
  if (may(context, 'job.change-external')) return;
  const { rowCount } = await db.query(
    sql`select from adopted a join job j on j.id = a.job_id where j.organization_id = ${context.organizationId} and ${which} limit 1`,
  );
  if (!rowCount) return;
  throw new DomainError(
    'forbidden',
    `Only an administrator may ${doing} that another BullMQ client added. You may do so with what members and API keys of the organization launched.`,
  );
}
