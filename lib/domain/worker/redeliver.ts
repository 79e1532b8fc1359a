import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { isExternalType, jobTypes } from '@/lib/job-types/catalogue';
import { listTaken } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE, type QueueName } from '@/lib/queue/queues';
import { wakeWorkers } from '@/lib/queue/wake-workers';

/**
 * Delivers waiting rows again under the next delivery number: the queue may still keep a part of the lost delivery, and
 * would ignore a new one with the same id. If several sweeps found the same row, only one delivers it.
 * @returns how many were delivered
 */
export async function redeliver(rows: { id: string; delivery: number }[]): Promise<number> {
  if (rows.length === 0) return 0;
  const { rows: mine } = await pool().query<{ id: string }>(
    sql`update job j set delivery = j.delivery + 1 from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.delivery)}::int[]) as seen(id, delivery)
     where j.id = seen.id and j.delivery = seen.delivery and j.status in ('pending', 'delayed') returning j.id`,
  );
  await deliverJobs(mine.map((r) => r.id));
  return mine.length;
}

/** Delivers a waiting row again, whatever its present delivery number is. */
export async function deliverAnew(id: string): Promise<void> {
  const { rows } = await pool().query<{ id: string; delivery: number }>(
    sql`select id, delivery from job where id = ${id}`,
  );
  await redeliver(rows);
}

/** A live consumer claims its deliveries within milliseconds. */
const CLAIM_MS = 1500;

/**
 * After consumers died: delivers again what they had taken from the queue and not claimed. The queue would keep these
 * deliveries locked for half a minute, but their rows are still waiting, which proves that no process runs them. Also
 * wakes other workers, in case the dead ones received the message for it.
 * @param died how many consumers
 * @returns how many were delivered
 */
export async function redeliverUnclaimed(died = 1): Promise<number> {
  // External workers claim nothing.
  const queues: QueueName[] = [...jobTypes().filter((type) => !isExternalType(type)), QUARANTINE_QUEUE];
  for (const name of queues) await wakeWorkers(name, { lost: died });
  const taken = (await Promise.all(queues.map(listTaken))).flat();
  const before = await listWaiting(taken);
  if (before.length === 0) return 0;
  await sleep(CLAIM_MS);
  const still = new Set((await listWaiting(before.map((r) => r.id))).map((r) => r.id));
  return redeliver(before.filter((r) => still.has(r.id)));
}

async function listWaiting(ids: string[]): Promise<{ id: string; delivery: number }[]> {
  const { rows } = await pool().query<{ id: string; delivery: number }>(
    sql`select id, delivery from job where id = any(${ids}::uuid[]) and status in ('pending', 'delayed')`,
  );
  return rows;
}
