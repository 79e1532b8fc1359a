import { type BulkActionVerb, SEARCH_SECONDS } from '@/lib/contracts/bulk-action';
import type { TagChange } from '@/lib/contracts/tag-change';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import type { SearchScope } from '@/lib/domain/query/scope';
import { hasTagsOf } from '@/lib/domain/tags/has-tags';
import { MAX_VALUES, type Query, type Term } from '@/lib/query/query';
import { begin, type Frozen, freezeAll, freezeByQuery, nothing, tooSlow } from './freeze-selection';
import { reasonToSkip } from './reasons';

/** Batches or flows that were named. */
export interface Groups {
  of: 'batches' | 'flows';
  ids: readonly string[];
}

/** Actions on the jobs of a batch or flow, and not on itself. */
type OfJobs = Exclude<BulkActionVerb, 'delete' | 'tag'>;

/** The jobs of a batch or flow that an action applies to: the others are not chosen at all. */
const STATUSES: Record<OfJobs, readonly string[]> = {
  retry: ['failed', 'cancelled'],
  edit: ['failed', 'cancelled'],
  discard: ['failed'],
  cancel: ['pending', 'delayed', 'active', 'waiting-children'],
};

/**
 * Chooses the jobs of batches or flows that an action applies to.
 * @param ownOnly the caller may not change what another BullMQ client added
 * @throws DomainError `limit-exceeded`, `unavailable`
 */
export async function freezeJobsOf(
  actionId: string,
  action: OfJobs,
  { of, ids }: Groups,
  scope: SearchScope,
  ownOnly: boolean,
): Promise<Frozen> {
  const known = await ownIds(scope.organizationId, { of, ids });
  const why = reasonToSkip(action, ownOnly);
  const state = begin(SEARCH_SECONDS.most);
  if (of === 'flows') {
    for (const id of known) {
      const which = sql`j.flow_id = ${id}::uuid and ${openOrEnded(action)}`;
      await freezeAll(state.frozen, scope.organizationId, actionId, which, why);
    }
    return state.frozen;
  }
  const status: Term = { field: 'status', not: false, any: STATUSES[action].map((each) => [each]) };
  for (let at = 0; at < known.length; at += MAX_VALUES) {
    const batch: Term = { field: 'batch', not: false, any: known.slice(at, at + MAX_VALUES).map((each) => [each]) };
    const query: Query = { terms: [batch, status] };
    await freezeByQuery(actionId, query, scope, why, state);
    if (state.frozen.next) throw tooSlow();
  }
  return state.frozen;
}

const openOrEnded = (action: OfJobs) =>
  action === 'cancel' ? sql`j.outcome is null` : sql`j.outcome = any(${STATUSES[action]}::text[])`;

async function ownIds(organizationId: string, { of, ids }: Groups): Promise<string[]> {
  const from = of === 'batches' ? sql`batch` : sql`flow`;
  const { rows } = await pool().query<{ id: string }>(
    sql`select g.id from ${from} g where g.organization_id = ${organizationId} and g.id = any(${ids.filter(isId)}::uuid[]) order by g.id`,
  );
  return rows.map(({ id }) => id);
}

/** Records the chosen batches or flows: each is one row. */
async function freezeGroupRows(actionId: string, chosen: Sql): Promise<Frozen> {
  const { rowCount } = await pool().query(
    sql`insert into bulk_action_job (bulk_action_id, group_id, job_id, was, delivery, state, why)
     select ${actionId}::uuid, w.id, w.id, w.status, 0, case when w.why is not null then 'skipped' end, w.why
     from (${chosen}) w`,
  );
  return { ...nothing(), matched: rowCount ?? 0 };
}

/** Chooses whole batches or flows to be deleted. Those that have not ended are skipped. */
export function freezeDeleted(actionId: string, { of, ids }: Groups, { organizationId }: SearchScope): Promise<Frozen> {
  const from = of === 'batches' ? sql`batch` : sql`flow`;
  return freezeGroupRows(
    actionId,
    sql`select g.id, g.status, case when g.finished_at is null then 'not-ended' end as why from ${from} g
       where g.organization_id = ${organizationId} and g.id = any(${ids.filter(isId)}::uuid[])`,
  );
}

/** Chooses whole batches that get other tags. Flows have none. */
export function freezeTagged(
  actionId: string,
  ids: readonly string[],
  { organizationId }: SearchScope,
  tags: TagChange,
): Promise<Frozen> {
  return freezeGroupRows(
    actionId,
    sql`select g.id, g.status, case when ${hasTagsOf(tags, sql`g.metadata`)} then 'unchanged' end as why from batch g
       where g.organization_id = ${organizationId} and g.id = any(${ids.filter(isId)}::uuid[])`,
  );
}
