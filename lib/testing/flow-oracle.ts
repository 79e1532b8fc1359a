import { pool } from '@/lib/db/pool';

const BAD = `c.outcome in ('failed', 'cancelled')`;
/** A child let the parent `p` run at once: it ended badly, now or before a retry, which always delivers it again. */
const RAN_AT_ONCE = `exists (select from node c where c.parent_job_id = p.id and c.policy = 'continue-parent'
  and (${BAD} or c.delivery > 0))`;

/** The invariants of flows at rest, as SQL; `batchId` is the flow's id. */
export async function findBrokenFlows(): Promise<{ batchId: string; why: string }[]> {
  const { rows } = await pool().query<{ batchId: string; why: string }>(`
    with counted as (
      select f.id, f.total, f.status, f.finished_at, f.counts, r.outcome as root, count(j.id)::int as rows,
        count(*) filter (where j.outcome is null)::int as open
      from flow f left join job r on r.id = f.id left join job j on j.flow_id = f.id
      group by f.id, r.outcome
    ), node as (
      select j.*, n.policy, n.child_count from flow_node n join job j on j.id = n.job_id
    )
    select id as "batchId", 'an acknowledged row is missing: ' || rows || ' of ' || total as why from counted where rows <> total
    union all
    select id, 'finished with open nodes: ' || open from counted where finished_at is not null and open > 0
    union all
    select id, 'nothing is open, yet it has not finished' from counted where finished_at is null and open = 0
    union all
    select id, format('it is %s and its root %s', status, root) from counted
      where finished_at is not null and status is distinct from root
    union all
    select f.id, format('the kept count of %s is %s, the rows are %s', s.status, f.counts->'byStatus'->>s.status, s.n)
      from counted f join lateral (select status, count(*) as n from job where flow_id = f.id group by status) s on true
      where f.finished_at is not null and (f.counts->'byStatus'->>s.status)::int is distinct from s.n
    union all
    select flow_id, 'a finished node without its time, or the other way round: ' || id from node
      where (outcome is not null) <> (finished_at is not null)
    union all
    select p.flow_id, 'it waits for nothing: ' || p.id from node p
      where p.status = 'waiting-children'
        and not exists (select from node c where c.parent_job_id = p.id and c.outcome is null)
    union all
    select p.flow_id, 'it ran although a child that fails it had failed: ' || p.id from node p
      where p.outcome = 'completed'
        and exists (select from node c where c.parent_job_id = p.id and ${BAD} and c.policy = 'fail-parent'
          and c.finished_at < p.started_at)
        and not ${RAN_AT_ONCE}
    union all
    select p.flow_id, 'it ended for a child that did not end so: ' || p.id from node p
      where p.error->>'code' in ('child-failed', 'child-cancelled')
        and not exists (select from node c where c.parent_job_id = p.id and ${BAD} and c.policy = 'fail-parent')
    union all
    select p.flow_id, 'it began before its child had ended: ' || p.id from node p
      where p.started_at is not null
        and exists (select from node c where c.parent_job_id = p.id and c.delivery = 0 and c.finished_at > p.started_at)
        and not ${RAN_AT_ONCE}`);
  return rows;
}
