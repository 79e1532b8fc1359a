import type { BulkActionVerb } from '@/lib/contracts/bulk-action';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { SearchScope } from '@/lib/domain/query/scope';
import { MAX_VALUES, type Query, type Term } from '@/lib/query/query';
import { begin, type Frozen, freezeAll, freezeByQuery } from './freeze-selection';
import { reasonToSkip } from './reasons';

/** Batches or flows that were named. */
export interface Groups {
  of: 'batches' | 'flows';
  ids: readonly string[];
}

/** The jobs of a batch or flow that an action applies to: the others are not chosen at all. */
const STATUSES: Record<Exclude<BulkActionVerb, 'delete'>, readonly string[]> = {
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
  action: Exclude<BulkActionVerb, 'delete'>,
  { of, ids }: Groups,
  scope: SearchScope,
  ownOnly: boolean,
): Promise<Frozen> {
  const known = await ownIds(scope.organizationId, { of, ids });
  const why = reasonToSkip(action, ownOnly);
  const state = begin();
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
  }
  return state.frozen;
}

const openOrEnded = (action: Exclude<BulkActionVerb, 'delete'>) =>
  action === 'cancel' ? sql`j.outcome is null` : sql`j.outcome = any(${STATUSES[action]}::text[])`;

async function ownIds(organizationId: string, { of, ids }: Groups): Promise<string[]> {
  const from = of === 'batches' ? sql`batch` : sql`flow`;
  const { rows } = await pool().query<{ id: string }>(
    sql`select g.id from ${from} g where g.organization_id = ${organizationId} and g.id = any(${ids.filter(isId)}::uuid[]) order by g.id`,
  );
  return rows.map(({ id }) => id);
}

/** Chooses whole batches or flows, to be deleted: each is one row. Those that have not ended are skipped. */
export async function freezeGroups(
  actionId: string,
  { of, ids }: Groups,
  { organizationId }: SearchScope,
): Promise<Frozen> {
  const from = of === 'batches' ? sql`batch` : sql`flow`;
  const { rowCount } = await pool().query(
    sql`insert into bulk_action_job (bulk_action_id, group_id, job_id, was, delivery, state, why)
     select ${actionId}::uuid, g.id, g.id, g.status, 0, case when g.finished_at is null then 'skipped' end,
       case when g.finished_at is null then 'not-ended' end
     from ${from} g where g.organization_id = ${organizationId} and g.id = any(${ids.filter(isId)}::uuid[])`,
  );
  return { ...begin().frozen, matched: rowCount ?? 0 };
}
