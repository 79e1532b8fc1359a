import type { LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import type { BatchStatus } from '@/lib/contracts/status';
import type { Sql } from '@/lib/db/transaction';
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
  sql: Sql,
  context: Context,
  { fields, ...request }: { fields: Pick<LaunchFields, 'uniqueKey'> } & Repeatable,
): Promise<Launched | undefined> {
  const { idempotencyKey } = request;
  const find = async (condition: string, value: string) => {
    const { rows } = await sql.query<{
      id: string;
      total: number;
      status: BatchStatus;
      idempotency_hash: string | null;
    }>(`select id, total, status, idempotency_hash from batch where organization_id = $1 and ${condition}`, [
      context.organizationId,
      value,
    ]);
    return rows[0];
  };
  const resultOf = ({ id, total, status }: { id: string; total: number; status: BatchStatus }): LaunchResult => ({
    batchId: id,
    parentJobId: id,
    enqueuedCount: total,
    status,
  });
  if (idempotencyKey !== undefined) {
    const found = await find('idempotency_key = $2', idempotencyKey);
    if (found) {
      await requireSameRequest(found.idempotency_hash, request);
      return { outcome: 'existing', result: resultOf(found) };
    }
  }
  if (fields.uniqueKey !== undefined) {
    const found = await find('unique_key = $2 and finished_at is null', fields.uniqueKey);
    if (found) return { outcome: 'running', result: resultOf(found) };
  }
  return undefined;
}
