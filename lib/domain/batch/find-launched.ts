import type { LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import type { BatchStatus } from '@/lib/contracts/status';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { type Repeatable, requireSameRequest } from '@/lib/domain/idempotency';

/**
 * The arguments of the advisory lock on a unique key, from the columns `organization_id` and `unique_key`. A launch holds
 * it from its first statement to its commit.
 */
export const UNIQUE_KEY_LOCK = sql`7402, hashtext(organization_id || ':' || unique_key)`;

/** `existing`: launched with the same idempotency key; `running`: the unfinished batch with the same unique key. */
interface Launched {
  outcome: 'existing' | 'running';
  result: LaunchResult;
}

interface LaunchedRow {
  id: string;
  total: number;
  status: BatchStatus;
  idempotency_hash: string | null;
}

/**
 * Finds the batch that was already launched with one of these keys. If there is one, nothing is launched.
 * @throws DomainError `idempotency-key-reused`
 */
export async function findLaunched(
  db: Queryable,
  context: Context,
  { fields, ...request }: { fields: Pick<LaunchFields, 'uniqueKey'> } & Repeatable,
): Promise<Launched | undefined> {
  const { idempotencyKey } = request;
  const find = async (condition: Sql) => {
    const { rows } = await db.query<LaunchedRow>(
      sql`select id, total, status, idempotency_hash from batch
        where organization_id = ${context.organizationId} and ${condition}`,
    );
    return rows[0];
  };
  if (idempotencyKey !== undefined) {
    const found = await find(sql`idempotency_key = ${idempotencyKey}`);
    if (found) {
      await requireSameRequest(found.idempotency_hash, request);
      return { outcome: 'existing', result: resultOf(found) };
    }
  }
  if (fields.uniqueKey !== undefined) {
    const found = await find(sql`unique_key = ${fields.uniqueKey} and finished_at is null`);
    if (found) return { outcome: 'running', result: resultOf(found) };
  }
  return undefined;
}

const resultOf = ({ id, total, status }: LaunchedRow): LaunchResult => ({
  batchId: id,
  parentJobId: id,
  enqueuedCount: total,
  status,
});
