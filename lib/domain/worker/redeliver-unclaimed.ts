import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { isExternalType, JOB_TYPES } from '@/lib/job-types/catalogue';
import { listTaken } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE, type QueueName } from '@/lib/queue/queues';
import { redeliver } from './redeliver';

/** A live consumer claims what it takes within milliseconds. */
const CLAIM_MS = 1500;

/**
 * After a consumer died: finds deliveries that it had taken and not yet claimed, and delivers them again. The queue
 * would keep them locked for half a minute; the row tells at once, because it still waits.
 * @returns how many were delivered
 */
export async function redeliverUnclaimed(): Promise<number> {
  // Other clients' workers claim nothing.
  const queues: QueueName[] = [...JOB_TYPES.filter((type) => !isExternalType(type)), QUARANTINE_QUEUE];
  const taken = (await Promise.all(queues.map(listTaken))).flat();
  const before = await waitingOf(taken);
  if (before.length === 0) return 0;
  await sleep(CLAIM_MS);
  const still = new Set((await waitingOf(before.map((r) => r.id))).map((r) => r.id));
  return redeliver(before.filter((r) => still.has(r.id)));
}

async function waitingOf(ids: string[]): Promise<{ id: string; delivery: number }[]> {
  const { rows } = await pool().query<{ id: string; delivery: number }>(
    sql`select id, delivery from job where id = any(${ids}::uuid[]) and status in ('pending', 'delayed')`,
  );
  return rows;
}
