import type { JobChange } from '@/lib/contracts/events';
import type { JobStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Queryable, Transaction } from '@/lib/db/transaction';
import { RECORD_CLOSED } from '@/lib/domain/history/record-history';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { publishChanges } from '@/lib/events/relay';

/** Condition of a waiting parent `p`: no child is open, or the policy of an ended child does not wait for the others. */
export const DECIDED = sql`(
  not exists (select from job c where c.parent_job_id = p.id and c.outcome is null)
  or exists (select from job c join flow_node n on n.job_id = c.id
    where c.parent_job_id = p.id and c.outcome in ('failed', 'cancelled') and n.policy in ('fail-parent', 'continue-parent')))`;

/** Changes that followed from ended nodes. */
export interface Settled {
  changes: JobChange[];
  /** ids of rows that the queue does not deliver by itself */
  deliver: string[];
  finished: string[];
}

interface SettledParent {
  id: string;
  flow_id: string;
  parent_job_id: string | null;
  status: JobStatus;
  explicit: boolean;
}

/**
 * The only rule of flows: each given parent that waits and is decided starts, or ends as its children's policies
 * require. Then the same for their parents, up to the root. The transaction must hold the locks of `lockFlows`.
 *
 * The queue releases a parent by itself only if it got the tree (`as_tree`) and every child ended under its first
 * delivery. Every other parent is delivered from here, under a delivery number that the queue does not know.
 */
export async function settleNodes(db: Queryable, parentIds: string[]): Promise<Settled> {
  const settled: Settled = { changes: [], deliver: [], finished: [] };
  let round = parentIds;
  while (round.length > 0) {
    const moved = await settleRound(db, round);
    for (const { id, flow_id: flowId, status, explicit } of moved) {
      settled.changes.push({ jobId: id, batchId: null, flowId, status });
      if (explicit && (status === 'pending' || status === 'delayed')) settled.deliver.push(id);
    }
    // Only a parent that ended without running can decide the parent above it.
    round = moved.flatMap((m) =>
      (m.status === 'failed' || m.status === 'cancelled') && m.parent_job_id ? m.parent_job_id : [],
    );
  }
  return settled;
}

async function settleRound(db: Queryable, parentIds: string[]): Promise<SettledParent[]> {
  const { rows } = await db.query<SettledParent>(
    sql`with decided as (
       select p.id, f.id as flow_id, n.delay_ms, f.as_tree and p.delivery = 0 as in_tree, culprit.outcome, culprit.error,
         exists (select from job c where c.parent_job_id = p.id
           and (c.outcome is null or c.delivery > 0 or c.attempt = 0)) as irregular
       from job p join flow_node n on n.job_id = p.id join flow f on f.id = p.flow_id
       left join lateral (
         select c.outcome,
           case when c.attempt = 0 and c.error is not null then c.error else json_build_object(
             'code', 'child-' || c.outcome,
             'message', format('“%s” %s, so this did not run.', coalesce(c.name, c.type),
               case c.outcome when 'failed' then 'failed' else 'was cancelled' end)) end as error
         from job c join flow_node m on m.job_id = c.id
         where c.parent_job_id = p.id and c.outcome in ('failed', 'cancelled') and m.policy = 'fail-parent'
         order by c.outcome desc, c.finished_at limit 1) culprit on true
       where p.id = any(${parentIds}::uuid[]) and p.status = 'waiting-children' and ${DECIDED}
     ), closed as (
     update job p set
       status = case when d.outcome is not null then d.outcome when d.delay_ms > 0 then 'delayed' else 'pending' end,
       run_at = case when d.outcome is null and d.delay_ms > 0
         then clock_timestamp() + make_interval(secs => d.delay_ms::float8 / 1000) end,
       finished_at = case when d.outcome is not null then clock_timestamp() end,
       waiting_since = clock_timestamp(), error = d.error,
       delivery = p.delivery + case when d.in_tree and d.irregular then 1 else 0 end
     from decided d where p.id = d.id and p.status = 'waiting-children'
     returning p.id, d.flow_id, p.parent_job_id, p.organization_id, p.type, p.status, not d.in_tree or d.irregular as explicit
     ), history as (${RECORD_CLOSED})
     select id, flow_id, parent_job_id, status, explicit from closed`,
  );
  return rows;
}

/** Locks the rows of these flows, always in the same order, before any of their jobs. @returns the ids that exist */
export async function lockFlows(db: Queryable, flowIds: string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    sql`select id from flow where id = any(${[...new Set(flowIds)]}::uuid[]) order by id for no key update`,
  );
  return rows.map((r) => r.id);
}

/** Ends the locked flows in which no job is open. @returns the ids of those that ended */
export async function finishFlows(db: Queryable, flowIds: string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    sql`update flow f set status = r.outcome, finished_at = clock_timestamp(),
       counts = (select json_build_object('startedAt', min(s.started_at), 'byStatus', json_object_agg(s.outcome, s.n))
         from (select outcome, count(*) as n, min(started_at) as started_at from job where flow_id = f.id group by outcome) s)
     from job r
     where f.id = any(${flowIds}::uuid[]) and r.id = f.id and f.finished_at is null
       and not exists (select from job c where c.flow_id = f.id and c.outcome is null)
     returning f.id`,
  );
  return rows.map((r) => r.id);
}

/** Settles a locked flow after a domain function ended some of its nodes: their parents start or end, and so may the flow. */
export async function settleParents(tx: Transaction, flowId: string, parentIds: string[]): Promise<void> {
  const settled = await settleNodes(tx.db, parentIds);
  await finishFlows(tx.db, [flowId]);
  tx.afterCommit(() => deliverJobs(settled.deliver));
  tx.afterCommit(() => publishChanges({ jobs: settled.changes.slice(0, 200), flows: [flowId] }));
}
