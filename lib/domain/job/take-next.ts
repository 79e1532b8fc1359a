import { type Sql, sql } from '@/lib/db/sql';
import { optionsOf } from '@/lib/domain/defaults';
import type { JobType } from '@/lib/job-types/catalogue';

/** A consumer has free slots for the next rows of a batch, because rows of it ended there. */
export interface TakeRequest {
  batchId: string;
  /** the type of the rows that ended: only rows of this type are taken */
  type: JobType;
  /** rows to start now, at most */
  wanted: number;
  /**
   * Rows to prefetch, at most. The consumer may start each of them when a row of the batch has ended that it runs. So
   * they do not count against the concurrency.
   */
  ahead?: number;
}

/** A batch with a rate is late if its next row could have started this long ago, and longer ago than one row's share. */
const LATE_SECONDS = 0.1;

/**
 * CTEs after those of `record-outcomes` (`tally`, `locked`, `counted`): they take the next waiting rows of batches for a
 * consumer, in dispatch order, and claim or prefetch them. No message in the queue is needed. The batch row is locked first, so a
 * pause or a cancel that was acknowledged is visible here. The dispatch row is never waited for: a longer transaction,
 * such as a dispatch, may hold it. Such a batch is in `busy`, and the caller asks again.
 */
export const takeNext = (consumerId: number, requests: TakeRequest[]): Sql => {
  const defaults = requests.map(({ type }) => optionsOf(type, {}));
  return sql`
  eligible as (
    select b.id, a.wanted, a.ahead, b.type, b.prefetch_ended + coalesce(t.started, 0) as prefetch_ended, b.open - coalesce(t.completed + t.failed + t.cancelled, 0) as open,
      coalesce((b.options->>'concurrency')::int, a.concurrency) as concurrency,
      coalesce((b.options->>'ratePerMinute')::float8, a.rate) as rate
    from unnest(${requests.map((r) => r.batchId)}::uuid[], ${requests.map((r) => r.type)}::text[], ${requests.map((r) => r.wanted)}::int[], ${requests.map((r) => r.ahead ?? 0)}::int[],
        ${defaults.map((d) => d.concurrency)}::int[], ${defaults.map((d) => d.ratePerMinute)}::float8[]) as a(batch_id, type, wanted, ahead, concurrency, rate)
      join locked b on b.id = a.batch_id left join tally t on t.batch_id = b.id left join counted c on c.id = b.id
    where b.type = a.type and b.status = 'in-progress' and not b.paused and not b.slot_freed and b.cancel_mode is null
      and (b.not_before is null or b.not_before <= clock_timestamp()) and not coalesce(c.stop, false) and not coalesce(c.spent, false)
  ), position as materialized (
    select e.*, d.cursor, d.initial, d.last_seq, d.holes, d.recall, d.last_seq - d.cursor - d.holes as waiting,
      e.open - (d.last_seq - d.cursor - d.holes) - d.delayed - (d.prefetched - e.prefetch_ended) as running,
      greatest(extract(epoch from d.next_slot - clock_timestamp())::float8, -1) as due
    from eligible e join batch_dispatch d on d.batch_id = e.id for update of d skip locked
  ), room as materialized (
    -- Running = open - waiting - delayed - prefetched: what is in flight. The rate is that of rate-limit.ts, in seconds.
    -- A batch that is late catches up by its dispatcher, because chains of short rows would start many at once.
    -- Nothing is prefetched while more rows run than the concurrency allows, because it was lowered.
    select r.*, case when r.recall or r.rate > 0 or r.concurrency <= 0 or r.running > r.concurrency then 0
      else greatest(0, least(r.ahead, r.waiting - r.rows)) end as more
    from (select p.*, case when p.recall then 0 else greatest(0, least(p.wanted, p.waiting,
      case when p.concurrency > 0 then p.concurrency - p.running end,
      case when p.rate > 0 then case when p.due < -greatest(60 / p.rate, ${sql.literal(LATE_SECONDS)}) then 0
        else floor(-coalesce(p.due, 0) * p.rate / 60)::int + 1 end end)) end as rows
      from position p) r
  ), upcoming as materialized (
    -- The range ends where enough rows must have come, so that no plan reads all open rows of a large batch.
    select r.id as batch_id, j.*, bool_and(j.type = r.type) over (partition by r.id order by j.place) as fits,
      count(*) filter (where j.waits) over (partition by r.id order by j.place) > r.rows as prefetched
    from room r cross join lateral (
      select id, type, seq, item_index, item_index + 1 as place, status = 'pending' and not quarantined as waits from job
      where r.cursor < r.initial and batch_id = r.id and outcome is null and seq is null and item_index >= r.cursor
        and item_index < r.cursor + r.rows + r.more + r.holes
      order by item_index limit r.rows + r.more
    ) j where r.cursor < r.initial
    union all
    select r.id, j.*, bool_and(j.type = r.type) over (partition by r.id order by j.place),
      count(*) filter (where j.waits) over (partition by r.id order by j.place) > r.rows
    from room r cross join lateral (
      select id, type, seq, item_index, seq as place, status = 'pending' and not quarantined as waits from job
      where r.cursor >= r.initial and batch_id = r.id and outcome is null and seq > r.cursor and seq <= least(r.last_seq, r.cursor + r.rows + r.more + r.holes)
      order by seq limit r.rows + r.more
    ) j where r.cursor >= r.initial
  ), taken as (
    -- A prefetched row stays pending until it starts. It has a consumer, and the time in run_at.
    update job j set consumer_id = ${consumerId},
      status = case when u.prefetched then 'pending' else 'active' end,
      attempt = j.attempt + case when u.prefetched then 0 else 1 end,
      started_at = case when u.prefetched then j.started_at else clock_timestamp() end,
      run_at = case when u.prefetched then clock_timestamp() end, waiting_since = coalesce(j.run_at, j.waiting_since)
    from unnest(array(select id from upcoming where fits and waits order by batch_id, place),
      array(select seq from upcoming where fits and waits order by batch_id, place),
      array(select prefetched from upcoming where fits and waits order by batch_id, place)) as u(id, seq, prefetched)
    where j.id = u.id and j.seq is not distinct from u.seq and j.status = 'pending' and not j.quarantined
    returning j.id, j.organization_id, j.type, j.batch_id, j.data, j.attempt + case when u.prefetched then 1 else 0 end, j.attempts_made, j.max_attempts, j.backoff,
      coalesce(j.correlation_id, (select l.correlation_id from locked l where l.id = j.batch_id)) as correlation_id,
      j.flow_id, j.delivery, u.prefetched
  ), running as (
    -- Open rows that were not taken: an earlier dispatch enqueued them, and its commit failed. The condition is on the
    -- status, because "outcome is null" would make the planner read the index of all open rows.
    select j.batch_id from job j
    where j.id = any(array(select id from upcoming where fits except select id from taken))
      and j.status not in ('completed', 'failed', 'cancelled')
    for update of j skip locked
  ), moved as (
    update batch_dispatch d set cursor = m.place, reach = greatest(d.reach, m.item_index),
      holes = case when m.place = d.last_seq then 0 else greatest(0, d.holes - (m.place - d.cursor - m.rows)) end,
      prefetched = d.prefetched + (select count(*)::int from taken t where t.batch_id = m.batch_id and t.prefetched),
      next_slot = case when m.rate > 0
        then clock_timestamp() + make_interval(secs => coalesce(m.due, 0) + m.taken * 60 / m.rate) else d.next_slot end
    from (select u.batch_id, r.rate, r.due, max(u.place) as place, max(u.item_index) as item_index,
        (select count(*)::int from taken t where t.batch_id = u.batch_id) as taken,
        (select count(*)::int from taken t where t.batch_id = u.batch_id)
          + (select count(*)::int from running x where x.batch_id = u.batch_id) as rows
      from upcoming u join room r on r.id = u.batch_id where u.fits group by u.batch_id, r.rate, r.due) m
    where d.batch_id = m.batch_id
  ), busy as (select id from eligible except select id from position)`;
};
