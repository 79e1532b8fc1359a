import { env } from '@/lib/config/env';
import type { Sql } from '@/lib/db';

/** One lock for everything that takes a slot: racing starts are counted one after the other. */
const CAPACITY_LOCK = 7_402_001;

export const maxActiveBatches = (): number => env().MAX_ACTIVE_BATCHES;

/** Batches that hold a slot, over all machines and organisations; oldest first. */
export async function listRunning(sql: Sql): Promise<{ id: string; name: string; organization_id: string }[]> {
  const { rows } = await sql.query<{ id: string; name: string; organization_id: string }>(
    `select id, name, organization_id from batch where status = 'in-progress' order by started_at`,
  );
  return rows;
}

/** Waits for its turn to take a slot; the turn ends with the transaction. */
export async function lockSlots(sql: Sql): Promise<void> {
  await sql.query('select pg_advisory_xact_lock($1)', [CAPACITY_LOCK]);
}
