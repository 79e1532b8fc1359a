import type { LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import type { BatchStatus } from '@/lib/contracts/status';
import type { Sql } from '@/lib/db';
import type { Context } from '@/lib/domain/context';

/** `existing`: the same idempotency key; `running`: the unfinished batch of the same unique key. */
interface Launched {
  outcome: 'existing' | 'running';
  result: LaunchResult;
}

/** The batch that was launched under one of these keys before, so that there is nothing to launch. */
export async function findLaunched(
  sql: Sql,
  context: Context,
  { fields, idempotencyKey }: { fields: Pick<LaunchFields, 'uniqueKey'>; idempotencyKey?: string },
): Promise<Launched | undefined> {
  const find = async (condition: string, value: string) => {
    const { rows } = await sql.query<{ id: string; total: number; status: BatchStatus }>(
      `select id, total, status from batch where organization_id = $1 and ${condition}`,
      [context.organizationId, value],
    );
    return (
      rows[0] && { batchId: rows[0].id, parentJobId: rows[0].id, enqueuedCount: rows[0].total, status: rows[0].status }
    );
  };
  if (idempotencyKey !== undefined) {
    const result = await find('idempotency_key = $2', idempotencyKey);
    if (result) return { outcome: 'existing', result };
  }
  if (fields.uniqueKey !== undefined) {
    const result = await find('unique_key = $2 and finished_at is null', fields.uniqueKey);
    if (result) return { outcome: 'running', result };
  }
  return undefined;
}
