import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { RECORD_CLOSED } from '@/lib/domain/history/record-history';
import { type TrackedParent, trackClosed } from '@/lib/domain/monitoring/track';
import { lockDispatch } from './lock-dispatch';
import { SETTLE } from './settle';

const CHUNK = 5000;

/**
 * Closes the waiting rows of a batch that is being cancelled, in item order, without those that a consumer prefetched. Small transactions keep the locks short,
 * so that running jobs are not delayed.
 * @param limit maximum number of rows
 * @returns how many rows were closed; fewer than the limit means that none is left
 */
export async function cancelWaiting(batchId: string, limit: number): Promise<number> {
  let closed = 0;
  while (closed < limit) {
    const count = await retrying(() => closeChunk(batchId, Math.min(CHUNK, limit - closed)));
    closed += count;
    if (count < CHUNK) break;
  }
  return closed;
}

const closeChunk = (batchId: string, size: number): Promise<number> =>
  transaction(async (tx) => {
    const { db } = tx;
    await lockDispatch(db, batchId);
    await db.query(
      sql`update batch_dispatch set delayed = 0, next_due = null where batch_id = ${batchId} and next_due is not null`,
    );
    const { rows } = await db.query<{ count: number; parent: TrackedParent | null }>(
      sql`with closed as (
         update job set status = 'cancelled', finished_at = clock_timestamp(), run_at = null
         where id in (select id from job where batch_id = ${batchId} and outcome is null and status in ('pending', 'delayed')
             and consumer_id is null order by item_index limit ${size})
           and status in ('pending', 'delayed') and consumer_id is null
           and exists (select from batch where id = ${batchId} and cancel_mode is not null)
         returning organization_id, type, status
       ), history as (${RECORD_CLOSED}), tally as (select 0 as completed, 0 as failed, count(*)::int as cancelled from closed),
       counted as (update batch b set ${SETTLE} from tally where b.id = ${batchId} and tally.cancelled > 0
         returning b.id, b.organization_id as "organizationId", b.correlation_id as "correlationId")
       select cancelled as count, (select to_json(counted) from counted) as parent from tally`,
    );
    const { count = 0, parent } = rows[0] ?? {};
    if (count < size) await reachAll(db, batchId);
    tx.afterCommit(async () => trackClosed(parent ?? undefined, { cancelled: count }));
    return count;
  });

/**
 * Raises `reach` to the last open row: only running rows are left now. A dispatcher whose commit failed may have
 * enqueued some of them. As no dispatch follows, the sweep would not find them when their consumer dies.
 */
async function reachAll(db: Queryable, batchId: string): Promise<void> {
  await db.query(
    sql`update batch_dispatch d set reach = open.last
     from (select max(item_index) as last from job where batch_id = ${batchId} and outcome is null) open
     where d.batch_id = ${batchId} and open.last > d.reach and exists (select from batch where id = ${batchId} and cancel_mode is not null)`,
  );
}
