import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { HOLDS_SLOT, SUSPENDED } from '@/lib/domain/capacity/slots';
import { NODE_LOST_SECONDS } from '@/lib/domain/worker/live-nodes';
import { definitionOf, type JobType, jobTypes } from '@/lib/job-types/catalogue';
import { moveToFront } from '@/lib/queue/enqueue';

/** The least share of a batch while others of a higher priority run: a fraction of their rate. */
const SHARE = 0.1;
/** Limit for one batch in one round. */
const MAX_ROWS = 100;

/**
 * Prevents starvation of batches with a lower priority. The queue delivers the highest priority first, so a large batch
 * would block all lower ones. Once a second a few of their deliveries are moved to the front.
 * @returns how many rows were moved
 */
export async function preventStarvation(): Promise<number> {
  const { rows } = await pool().query<Waiting>(
    sql`with behind as (
       select b.id, b.type, least(${MAX_ROWS}, greatest(1, ceil(${SHARE} * coalesce(max(h.rate_per_second), 0))))::int as share
       from batch b join batch h on h.type = b.type and h.priority > b.priority
       where b.status = 'in-progress' and not ${SUSPENDED} and b.cancel_mode is null
         and h.status = 'in-progress' and not h.paused and not h.slot_freed and h.cancel_mode is null
       group by b.id
     )
     select j.type, j.id, j.delivery from behind b
       join batch_dispatch d on d.batch_id = b.id
       join lateral (select * from job j where j.batch_id = b.id and j.outcome is null and j.item_index <= d.reach
                       and coalesce(j.seq, j.item_index + 1) <= d.cursor and j.status = 'pending' and not j.quarantined and j.consumer_id is null
                     order by j.item_index limit b.share) j on true`,
  );
  return move(rows, 'batches');
}

interface Waiting {
  type: JobType;
  id: string;
  delivery: number;
}

async function move(rows: Waiting[], before: 'batches' | 'all'): Promise<number> {
  const byType = new Map<JobType, Waiting[]>();
  for (const row of rows) byType.set(row.type, [...(byType.get(row.type) ?? []), row]);
  for (const [type, group] of byType) await moveToFront(type, group, { before });
  return rows.length;
}

/** Open single jobs that are examined, the oldest first: the queue delivers them in this order. */
const SINGLES = 1000;

/**
 * Prevents that an organization with thousands of enqueued rows delays another one until they have ended. Where several
 * organizations have enqueued rows of a type, deliveries of one that has fewer than another move in front of everything,
 * as long as it runs fewer rows than its part of the consumers' slots. It costs nothing while there is one organization.
 * @returns how many rows were moved
 */
export async function shareConsumers(): Promise<number> {
  const { rows } = await pool().query<Waiting>(
    sql`with enqueued as (
       select b.type, b.organization_id, b.id as batch_id, b.total - b.completed - b.failed - b.cancelled - d.delayed
         - (d.last_seq - d.cursor - d.holes) as rows
       from batch b join batch_dispatch d on d.batch_id = b.id
       where ${HOLDS_SLOT} and not b.paused and b.cancel_mode is null and (select count(*) from organization) > 1
       union all
       select s.type, s.organization_id, null, 1 from (
         select type, organization_id from job where batch_id is null and outcome is null order by id limit ${SINGLES}) s
       where (select count(*) from organization) > 1
     ), parts as (
       select e.type, e.organization_id, sum(e.rows) as rows, coalesce((l.limits ->> 'weight')::float8, 1) as weight
       from enqueued e left join organization_limit l using (organization_id) group by e.type, e.organization_id, l.limits ->> 'weight'
     ), behind as (
       select e.batch_id, e.type, ceil(p.weight / (select sum(a.weight) from parts a where a.type = p.type) * c.slots
         * (select coalesce(sum(processes), 0) from node where last_seen_at > now() - make_interval(secs => ${NODE_LOST_SECONDS}))
         / (select count(*) from enqueued o where o.type = p.type and o.organization_id = p.organization_id and o.batch_id is not null)) as most
       from enqueued e join parts p using (type, organization_id)
         join unnest(${jobTypes()}::text[], ${jobTypes().map((type) => definitionOf(type).consumerConcurrency)}::int[]) as c (type, slots) using (type)
       where e.batch_id is not null and exists (select from parts o where o.type = p.type and o.rows > p.rows)
     )
     select b.type, j.id, j.delivery from behind b
       join batch_dispatch d on d.batch_id = b.batch_id
       cross join lateral (select count(*) as active from job j where j.batch_id = b.batch_id and j.outcome is null
                             and j.item_index <= d.reach and j.status = 'active') a
       cross join lateral (select * from job j where j.batch_id = b.batch_id and j.outcome is null and j.item_index <= d.reach
                             and coalesce(j.seq, j.item_index + 1) <= d.cursor and j.status = 'pending' and not j.quarantined and j.consumer_id is null
                           order by j.item_index limit least(${MAX_ROWS}::float8, greatest(0, b.most - a.active))::int) j`,
  );
  return move(rows, 'all');
}
