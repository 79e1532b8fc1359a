import { env } from '@/lib/config/env';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/** One lock for everything that takes a slot: racing starts are counted one after the other. */
const CAPACITY_LOCK = 7_402_001;

export const maxActiveBatches = (): number => env().MAX_ACTIVE_BATCHES;

/**
 * SQL conditions on `batch b`. It counts against the maximum; its children may not start. A batch that is in progress
 * gives its slot back while it is paused, and while nothing of it can run for a while: `slot_freed`.
 */
export const HOLDS_SLOT = sql`(b.status = 'in-progress' and not b.slot_freed)`;
export const HELD = sql`(b.paused or b.slot_freed)`;

/** Batches that hold a slot, over all machines and organizations; oldest first. */
export async function listRunning(db: Queryable): Promise<{ id: string; name: string; organization_id: string }[]> {
  const { rows } = await db.query<{ id: string; name: string; organization_id: string }>(
    sql`select b.id, b.name, b.organization_id from batch b where ${HOLDS_SLOT} order by b.started_at`,
  );
  return rows;
}

/** Waits for its turn to take a slot; the turn ends with the transaction. */
export async function lockSlots(db: Queryable): Promise<void> {
  await db.query(sql`select pg_advisory_xact_lock(${CAPACITY_LOCK})`);
}
