import { env } from '@/lib/config/env';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/**
 * The key of the advisory lock that every transaction takes before it takes a slot. It serializes concurrent starts.
 */
const CAPACITY_LOCK = 7_402_001;

export interface RunningBatch {
  id: string;
  name: string;
  organization_id: string;
}

export const maxActiveBatches = (): number => env().MAX_ACTIVE_BATCHES;

/**
 * SQL conditions on `batch b`. A batch that holds a slot counts against the maximum. The children of a suspended batch
 * do not start: it is paused, or it released its slot because none of it can run for a while (`slot_freed`).
 */
export const HOLDS_SLOT = sql`(b.status = 'in-progress' and not b.slot_freed)`;
export const SUSPENDED = sql`(b.paused or b.slot_freed)`;

/** Lists the batches that hold a slot, of all machines and organizations, oldest first. */
export async function listRunning(db: Queryable): Promise<RunningBatch[]> {
  const { rows } = await db.query<RunningBatch>(
    sql`select b.id, b.name, b.organization_id from batch b where ${HOLDS_SLOT} order by b.started_at`,
  );
  return rows;
}

/** Waits for the lock on all slots and keeps it until the transaction ends. */
export async function lockSlots(db: Queryable): Promise<void> {
  await db.query(sql`select pg_advisory_xact_lock(${CAPACITY_LOCK})`);
}
