import { logger } from '@/lib/config/logger';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { KEY_PREFIX } from './run-step-flow';

/**
 * Cancels flows of steps whose workflow was cancelled while no worker ran it: nothing waits for them.
 * @returns how many were cancelled
 */
export async function cancelAbandonedSteps(): Promise<number> {
  const { rows } = await pool().query<{ id: string; organization_id: string }>(
    sql`select f.id, f.organization_id from flow f
       left join job j on j.id = substring(f.idempotency_key from ${sql.literal(KEY_PREFIX.length + 1)} for 36)::uuid
     where f.finished_at is null and f.cancel_mode is null
       and f.idempotency_key ~ ${`^${KEY_PREFIX}[0-9a-f-]{36}:`} and (j.id is null or j.outcome is not null) limit 50`,
  );
  let cancelled = 0;
  for (const { id, organization_id: organizationId } of rows) {
    try {
      await cancelFlow(systemContext(organizationId), id, { force: true });
      cancelled++;
    } catch (error) {
      // The flow ended between the two calls.
      if (!(error instanceof DomainError))
        logger.warn(
          { err: error, flowId: id },
          'A step of a cancelled workflow could not be cancelled. The next sweep tries again.',
        );
    }
  }
  return cancelled;
}
