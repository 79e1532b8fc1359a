import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { EVERYWHERE, isPaused } from '@/lib/domain/pause/paused';
import { TYPES_WITHOUT_WORKER } from '@/lib/domain/worker/live-nodes';
import type { Share, Slots } from './fair-share';
import { HOLDS_SLOT, maxActiveBatches } from './slots';

/**
 * SQL condition on `batch b`: it waits for a slot that it could use at once. The index `batch_waiting_idx` contains these
 * batches, except for the last conditions: a column that outcomes change would make their updates more expensive, and
 * which types have a worker is known of the machines.
 */
export const WAITS_FOR_SLOT = sql`b.queued_at is not null and b.cancel_mode is null and not b.paused
  and (b.status = 'pending' or b.slot_freed) and b.total > b.completed + b.failed + b.cancelled
  and b.type <> all (${TYPES_WITHOUT_WORKER})`;

interface Row {
  organization_id: string;
  held: number;
  waited: number | null;
  weight: number;
  reserve: number;
  most: number | null;
  paused: boolean;
}

const first = (
  after: Sql,
): Sql => sql`select b.organization_id, extract(epoch from now() - b.queued_at)::float8 as waited
  from batch b where ${WAITS_FOR_SLOT} ${after} order by b.organization_id, b.priority desc, b.queued_at limit 1`;

/**
 * Reads who holds a slot and who waits for one, over all machines. It jumps from organization to organization in the
 * index, so an organization with thousands of waiting batches costs no more than one with a single batch.
 */
export async function readSlots(db: Queryable): Promise<Slots> {
  const { rows } = await db.query<Row>(
    sql`with recursive waiting as (
       (${first(sql``)})
       union all
       select n.organization_id, n.waited from waiting w
         cross join lateral (${first(sql`and b.organization_id > w.organization_id`)}) n
     ), held as (
       select b.organization_id, count(*)::int as held from batch b where ${HOLDS_SLOT} group by b.organization_id
     ), known as (
       select organization_id from held union select organization_id from waiting
       union select organization_id from organization_limit
       union select scope from work_pause where resumed_at is null
     )
     select k.organization_id, coalesce(h.held, 0) as held, w.waited,
       coalesce((l.limits ->> 'weight')::float8, 1) as weight, coalesce((l.limits ->> 'reserve')::int, 0) as reserve,
       (l.limits ->> 'runningBatches')::int as most, ${isPaused(sql`k.organization_id`)} as paused
     from known k left join held h using (organization_id) left join waiting w using (organization_id)
       left join organization_limit l using (organization_id)`.named('read-slots'),
  );
  const shares = rows
    .filter((row) => row.organization_id !== EVERYWHERE)
    .map(
      (row): Share => ({
        organizationId: row.organization_id,
        held: row.held,
        waits: row.waited !== null && !row.paused,
        waitedSeconds: row.waited ?? 0,
        weight: row.weight,
        // A paused organization needs no slot, so none is kept for it.
        reserve: row.paused ? 0 : row.reserve,
        most: row.most,
        paused: row.paused,
      }),
    );
  return { max: maxActiveBatches(), shares, allPaused: rows.some((row) => row.organization_id === EVERYWHERE) };
}
