import { pool } from '@/lib/db/pool';
import { findBrokenFlows } from './flow-oracle';

/**
 * The invariants as SQL: what must hold for every batch at rest. Returns the violated ones with reasons. A wrong tally
 * is reported by its organization.
 * Used by tests and by the chaos runs.
 */
export async function findBroken(): Promise<{ batchId: string; why: string }[]> {
  const { rows } = await pool().query<{ batchId: string; why: string }>(`
    with counted as (
      select b.id, b.status, b.total, b.completed, b.failed, b.cancelled, b.warned, b.cost_tokens, b.cost_usd, b.finished_at, b.sealed,
        count(j.id)::int as rows,
        count(*) filter (where j.status = 'completed')::int as rows_completed,
        count(*) filter (where j.status = 'failed')::int as rows_failed,
        count(*) filter (where j.status = 'cancelled')::int as rows_cancelled,
        count(*) filter (where j.status not in ('completed', 'failed', 'cancelled'))::int as rows_open,
        count(*) filter (where j.warnings is not null)::int as rows_warned,
        sum(j.cost_tokens) as rows_tokens, sum(j.cost_usd) as rows_usd
      from batch b left join job j on j.batch_id = b.id group by b.id
    )
    select id::text as "batchId", 'an acknowledged row is missing: ' || rows || ' of ' || total as why from counted where rows <> total
    union all
    select id::text, format('counters %s/%s/%s are not the rows %s/%s/%s', completed, failed, cancelled, rows_completed,
      rows_failed, rows_cancelled) from counted
      where (completed, failed, cancelled) is distinct from (rows_completed, rows_failed, rows_cancelled)
    union all
    select id::text, format('warned says %s, %s rows have warnings', warned, rows_warned) from counted where warned <> rows_warned
    union all
    select id::text, format('its costs are %s tokens and %s usd, those of its rows %s and %s', cost_tokens, cost_usd, rows_tokens, rows_usd)
      from counted where (cost_tokens, cost_usd) is distinct from (rows_tokens, rows_usd)
    union all
    select batch_id::text, 'an open job with warnings: ' || id from job where outcome is null and warnings is not null
    union all
    select id::text, 'finished with open rows: ' || rows_open from counted where finished_at is not null and rows_open > 0
    union all
    select id::text, 'nothing is open, yet it has not finished' from counted
      where finished_at is null and rows_open = 0 and total > 0 and sealed
    union all
    select id::text, 'it is held back without a slot, though it is not in progress' from batch
      where slot_freed and status <> 'in-progress'
    union all
    select id::text, 'it is paused and holds a slot' from batch where paused and status = 'in-progress' and not slot_freed
    union all
    select b.id::text, format('%s rows are prefetched, the counters say %s', count(j.id), d.prefetched - b.prefetch_ended)
      from batch b join batch_dispatch d on d.batch_id = b.id
      left join job j on j.batch_id = b.id and j.outcome is null and j.status = 'pending' and j.consumer_id is not null
      group by b.id, d.batch_id having count(j.id) <> d.prefetched - b.prefetch_ended
    union all
    select batch_id::text, 'a finished job without its time, or the other way round: ' || id from job
      where (status in ('completed', 'failed', 'cancelled')) <> (finished_at is not null) and batch_id is not null
    union all
    select organization_id, format('the tally of single jobs and finished batches of type %s is off by %s/%s/%s/%s', type, sum(total), sum(completed),
      sum(failed), sum(cancelled)) from (
        select organization_id, type, total, completed, failed, cancelled from job_tally
        union all
        select organization_id, type, -1, -(status = 'completed')::int, -(status = 'failed')::int, -(status = 'cancelled')::int
        from job where batch_id is null
        union all
        select organization_id, type, -total, -completed, -failed, -cancelled
        from batch where status not in ('pending', 'in-progress')) tally
      group by organization_id, type having (sum(total), sum(completed), sum(failed), sum(cancelled)) <> (0, 0, 0, 0)`);
  return [...rows, ...(await findBrokenFlows())];
}

/** @throws Error that lists every violated invariant */
export async function expectConsistent(): Promise<void> {
  const broken = await findBroken();
  if (broken.length > 0)
    throw new Error(`Broken invariants:\n${broken.map((b) => `  ${b.batchId}: ${b.why}`).join('\n')}`);
}
