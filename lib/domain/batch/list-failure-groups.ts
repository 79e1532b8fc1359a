import type { FailureGroup, FailureGroups } from '@/lib/contracts/batch';
import { FAILURE_GROUPS } from '@/lib/contracts/bounds';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { FAILURE_CODE, FAILURE_MESSAGE, reasonOf } from './failure-reason';
import { loadBatch } from './get-batch';

/**
 * Lists at most `FAILURE_GROUPS` reasons why children failed, the most frequent first. Messages that differ only in
 * numbers, ids or quoted values are one reason.
 * @throws `not-found`
 */
export async function listFailureGroups(context: Context, batchId: string): Promise<FailureGroups> {
  requirePermission(context, 'batch.see');
  await loadBatch(context, batchId);
  const { rows } = await pool().query<{
    message: string;
    code: string | null;
    count: number;
    id: string;
    item_index: number;
  }>(
    sql`select min(message) as message, code, count(*)::int as count,
       (array_agg(id order by item_index))[1] as id, min(item_index) as item_index
     from (select id, item_index, ${FAILURE_CODE} as code, ${FAILURE_MESSAGE} as message
           from job where batch_id = ${batchId} and outcome = 'failed' order by item_index limit ${FAILURE_GROUPS.read}) failed
     group by code, ${reasonOf(sql`message`)}
     order by count(*) desc, min(item_index) limit ${FAILURE_GROUPS.most}`,
  );
  const door = await openDoor(context);
  const groups = rows.map((r) => ({
    message: door.message(r.message),
    code: r.code,
    count: r.count,
    sample: { jobId: r.id, index: r.item_index },
  }));
  return { groups: door.level === 'full' ? groups : mergeEqual(groups), discarded: await countDiscarded(batchId) };
}

async function countDiscarded(batchId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    sql`select count(*)::int as count from job where batch_id = ${batchId} and discarded_at is not null`,
  );
  return rows[0]?.count ?? 0;
}

/** Joins the reasons that look the same once their messages are hidden, the most frequent first. */
function mergeEqual(groups: FailureGroup[]): FailureGroup[] {
  const merged = new Map<string, FailureGroup>();
  for (const group of groups) {
    const key = JSON.stringify([group.code, group.message]);
    const known = merged.get(key);
    merged.set(key, known ? { ...known, count: known.count + group.count } : group);
  }
  return [...merged.values()].sort((a, b) => b.count - a.count);
}
