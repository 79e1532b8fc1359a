import type { AbortRequest } from '@/lib/contracts/ipc';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { HELD, HOLDS_SLOT } from '@/lib/domain/capacity/slots';
import type { JobType } from '@/lib/job-types/catalogue';
import { findMissing } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { redeliver } from './redeliver';

/** A row that waits this long without anything moving may have lost its delivery. */
const SUSPECT_SECONDS = 10;
/** A row that is overdue for so long waits for a clock that is behind. */
const LATE_SECONDS = 3;
/** Rows looked up in the queue per round. */
const MAX_LOOKUPS = 2000;

/** A first delivery that another client brought has an id of its own. */
const ADOPTED = sql`case when delivery = 0 then (select queue_job_id from adopted a where a.job_id = job.id) end`;

interface Suspect {
  id: string;
  type: JobType;
  delivery: number;
  quarantined: boolean;
  queue_job_id: string | null;
  late: boolean;
}

/**
 * Finds rows that were handed over and are no longer in the queue (it was emptied, or never got them), and
 * delivers them again. Only where nothing moves: a batch that progresses has its deliveries.
 * @param quietSeconds how long a row must have waited without anything moving; 0 after the queue was away
 * @returns how many were put back
 */
export async function redeliverLost(quietSeconds = SUSPECT_SECONDS): Promise<number> {
  const { rows } = await pool().query<Suspect>(
    sql`(select j.id, j.type, j.delivery, j.quarantined, null as queue_job_id, j.status = 'delayed' as late from batch b
        join batch_dispatch d on d.batch_id = b.id
        join lateral (select * from job j where j.batch_id = b.id and j.outcome is null and j.item_index <= d.reach
                        and coalesce(j.seq, j.item_index + 1) <= d.cursor
                        and (j.status = 'pending' or (j.status = 'delayed' and j.run_at < now() - make_interval(secs => ${LATE_SECONDS})))
                      order by j.item_index limit ${MAX_LOOKUPS}) j on true
      where b.status = 'in-progress' and not ${HELD} and b.cancel_mode is null
        and (b.rate_at is null or b.rate_at < now() - make_interval(secs => ${quietSeconds})))
     union all
     (select id, type, delivery, quarantined, ${ADOPTED}, false from job
      where status = 'pending' and batch_id is null and outcome is null and created_at < now() - make_interval(secs => ${quietSeconds}) limit ${MAX_LOOKUPS})
     union all
     (select id, type, delivery, quarantined, ${ADOPTED}, true from job
      where status = 'delayed' and batch_id is null and outcome is null and run_at < now() - make_interval(secs => ${LATE_SECONDS}) limit ${MAX_LOOKUPS})`,
  );
  const byQueue = new Map<JobType | typeof QUARANTINE_QUEUE, Suspect[]>();
  for (const row of rows) {
    const name = row.quarantined ? QUARANTINE_QUEUE : row.type;
    byQueue.set(name, [...(byQueue.get(name) ?? []), row]);
  }
  let count = 0;
  for (const [name, suspects] of byQueue) {
    const missing = new Set(await findMissing(name, suspects));
    count += await redeliver(suspects.filter((s) => missing.has(s.id)));
  }
  return count;
}

/** Batches that hold a slot, with what a dispatcher must know to look after them. */
export async function listDispatchable(): Promise<{ id: string; type: JobType }[]> {
  const { rows } = await pool().query<{ id: string; type: JobType }>(
    sql`select b.id, b.type from batch b where ${HOLDS_SLOT} and not b.paused and b.cancel_mode is null
     order by b.priority desc, b.started_at`,
  );
  return rows;
}

/** Batches whose cancel is not carried out yet. */
export async function listCancelling(): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select id from batch where cancel_mode is not null and finished_at is null and status in ('pending', 'in-progress')`,
  );
  return rows.map((r) => r.id);
}

/** Running jobs that were asked to stop; asked again each round, because a message may be lost. */
export async function listAborts(): Promise<AbortRequest[]> {
  const { rows } = await pool().query<{ id: string; force: boolean }>(
    sql`select j.id, coalesce(j.cancel_mode = 'force' or b.cancel_mode = 'force', false) as force
     from in_flight j left join batch b on b.id = j.batch_id
     where j.status = 'active' and (j.cancel_mode is not null or b.cancel_mode = 'force')
       -- what runs of a flow that was cancelled gracefully completes
       and not (j.cancel_mode = 'graceful' and j.flow_id is not null
         and exists (select from flow f where f.id = j.flow_id and f.cancel_mode is not null))
     limit 10000`,
  );
  return [true, false]
    .map((force) => ({ jobIds: rows.filter((r) => r.force === force).map((r) => r.id), batchIds: [], force }))
    .filter((request) => request.jobIds.length > 0);
}
