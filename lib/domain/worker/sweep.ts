import type { AbortRequest } from '@/lib/contracts/ipc';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { HOLDS_SLOT, SUSPENDED } from '@/lib/domain/capacity/slots';
import { isPaused } from '@/lib/domain/pause/paused';
import type { JobType } from '@/lib/job-types/catalogue';
import { findMissing } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { wakeWorkers } from '@/lib/queue/wake-workers';
import { redeliver } from './redeliver';

/** Seconds without progress in a batch, after which a row may have lost its delivery. */
const SUSPECT_SECONDS = 10;
/** A row that is overdue for this many seconds is delivered again if the queue still delays it: its clock is behind. */
const LATE_SECONDS = 3;
/** The maximum number of rows that one round searches in the queue. */
const MAX_LOOKUPS = 2000;

/** The first delivery of an adopted job has the id that its client chose. */
const ADOPTED = sql`case when delivery = 0 then (select queue_job_id from adopted a where a.job_id = job.id) end`;

interface LostCandidate {
  id: string;
  type: JobType;
  delivery: number;
  quarantined: boolean;
  queue_job_id: string | null;
  late: boolean;
}

/**
 * Finds rows that were enqueued and are not in the queue (it was emptied, or never received them), and delivers them
 * again. Only in batches without progress: a batch that progresses has its deliveries. If rows are in the queue and
 * nothing takes them, workers are woken.
 * @param quietSeconds how long nothing must have progressed; 0 after the queue was unavailable
 * @returns how many were delivered again
 */
export async function redeliverLost(quietSeconds = SUSPECT_SECONDS): Promise<number> {
  const { rows } = await pool().query<LostCandidate>(
    sql`(select j.id, j.type, j.delivery, j.quarantined, null as queue_job_id, j.status = 'delayed' as late from batch b
        join batch_dispatch d on d.batch_id = b.id
        join lateral (select * from job j where j.batch_id = b.id and j.outcome is null and j.item_index <= d.reach
                        and coalesce(j.seq, j.item_index + 1) <= d.cursor and j.consumer_id is null
                        and (j.status = 'pending' or (j.status = 'delayed' and j.run_at < now() - make_interval(secs => ${LATE_SECONDS})))
                      order by j.item_index limit ${MAX_LOOKUPS}) j on true
      where b.status = 'in-progress' and not ${SUSPENDED} and b.cancel_mode is null
        and (b.rate_at is null or b.rate_at < now() - make_interval(secs => ${quietSeconds})))
     union all
     (select id, type, delivery, quarantined, ${ADOPTED}, false from job
      where status = 'pending' and batch_id is null and outcome is null and created_at < now() - make_interval(secs => ${quietSeconds})
        and not ${isPaused(sql`organization_id`)} limit ${MAX_LOOKUPS})
     union all
     (select id, type, delivery, quarantined, ${ADOPTED}, true from job
      where status = 'delayed' and batch_id is null and outcome is null and run_at < now() - make_interval(secs => ${LATE_SECONDS})
        and not ${isPaused(sql`organization_id`)} limit ${MAX_LOOKUPS})`,
  );
  const byQueue = new Map<JobType | typeof QUARANTINE_QUEUE, LostCandidate[]>();
  for (const row of rows) {
    const name = row.quarantined ? QUARANTINE_QUEUE : row.type;
    byQueue.set(name, [...(byQueue.get(name) ?? []), row]);
  }
  let count = 0;
  for (const [name, suspects] of byQueue) {
    const missing = new Set(await findMissing(name, suspects));
    if (missing.size < suspects.length) await wakeWorkers(name, { lost: 1, onlyIfIdle: true });
    count += await redeliver(suspects.filter((s) => missing.has(s.id)));
  }
  return count;
}

/** Lists the batches that a dispatcher must keep filled: they hold a slot and are not paused. */
export async function listDispatchable(): Promise<{ id: string; type: JobType }[]> {
  const { rows } = await pool().query<{ id: string; type: JobType }>(
    sql`select b.id, b.type from batch b where ${HOLDS_SLOT} and not b.paused and b.cancel_mode is null
     order by b.priority desc, b.started_at`,
  );
  return rows;
}

/** Lists batches whose cancel is not complete. */
export async function listCancelling(): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from batch where cancel_mode is not null and finished_at is null and status in ('pending', 'in-progress')`,
  );
  return rows.map((r) => r.id);
}

/** Lists running jobs that were asked to stop. Each round sends the request again, because a message may be lost. */
export async function listAborts(): Promise<AbortRequest[]> {
  const { rows } = await pool().query<{ id: string; force: boolean }>(
    sql`select j.id, coalesce(j.cancel_mode = 'force' or b.cancel_mode = 'force', false) as force
     from in_flight j left join batch b on b.id = j.batch_id
     where j.status = 'active' and (j.cancel_mode is not null or b.cancel_mode = 'force')
       -- running jobs of a flow that was cancelled gracefully complete
       and not (j.cancel_mode = 'graceful' and j.flow_id is not null
         and exists (select from flow f where f.id = j.flow_id and f.cancel_mode is not null))
     limit 10000`,
  );
  return [true, false]
    .map((force) => ({ jobIds: rows.filter((r) => r.force === force).map((r) => r.id), batchIds: [], force }))
    .filter((request) => request.jobIds.length > 0);
}
