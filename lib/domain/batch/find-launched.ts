import type { LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import type { BatchStatus } from '@/lib/contracts/status';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { type Repeatable, requireSameRequest } from '@/lib/domain/idempotency';

/** `existing`: the same idempotency key; `running`: the unfinished batch of the same unique key. */
interface Launched {
  outcome: 'existing' | 'running';
  result: LaunchResult;
}

/**
 * The batch that was launched under one of these keys before, so that there is nothing to launch.
 * @throws DomainError `idempotency-key-reused`
 */
export async function findLaunched(
  db: Queryable,
  context: Context,
  { fields, ...request }: { fields: Pick<LaunchFields, 'uniqueKey'> } & Repeatable,
): Promise<Launched | undefined> {
  const { idempotencyKey } = request;
  const find = async (condition: Sql) => {
    const { rows } = await db.query<{
      id: string;
      total: number;
      status: BatchStatus;
      idempotency_hash: string | null;
    }>(
      sql`select id, total, status, idempotency_hash from batch where organization_id = ${context.organizationId} and ${condition}`,
    );
    return rows[0];
  };
  const resultOf = ({ id, total, status }: { id: string; total: number; status: BatchStatus }): LaunchResult => ({
    batchId: id,
    parentJobId: id,
    enqueuedCount: total,
    status,
  });
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
