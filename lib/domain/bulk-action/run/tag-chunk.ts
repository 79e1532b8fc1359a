import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import type { JobStatus } from '@/lib/contracts/status';
import type { TagChange } from '@/lib/contracts/tag-change';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable, Transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { lockDispatch } from '@/lib/domain/batch/lock-dispatch';
import { changeTags } from '@/lib/domain/tags/change-tags';
import { publishChanges } from '@/lib/events/relay';
import { all, type Chunk, lockUnchanged, type Results } from './chunk';
import { detailOf } from './close-group';

/** Changes of single jobs that are published at once. */
const MOST_CHANGES = 200;

interface Row {
  id: string;
  metadata: unknown;
}

/** Adds and removes tags of jobs, whatever their state is. */
export async function tagChunk(tx: Transaction, chunk: Chunk): Promise<Results> {
  const { ready, results } = await lockUnchanged(tx.db, chunk);
  const { rows } = await tx.db.query<Row & { status: JobStatus }>(
    sql`select j.id, j.metadata, j.status from job j where j.id = any(${ready}::uuid[])`,
  );
  await changeRows(tx.db, sql`job`, rows, tagsOf(chunk), results);
  const { kind, groupId } = chunk;
  const [batchId, flowId] = [kind === 'batch' ? groupId : null, kind === 'flow' ? groupId : null];
  const changed = rows.filter(({ id }) => results.get(id)?.state === 'done').slice(0, MOST_CHANGES);
  tx.afterCommit(() =>
    publishChanges({ jobs: changed.map(({ id, status }) => ({ jobId: id, batchId, flowId, status })) }),
  );
  return results;
}

/** Adds and removes tags of a batch itself. Its jobs are found by them too. */
export async function tagBatch(tx: Transaction, chunk: Chunk): Promise<Results> {
  const { context, action, groupId, jobs } = chunk;
  await lockDispatch(tx.db, groupId);
  const { rows } = await tx.db.query<Row>(
    sql`select b.id, b.metadata from batch b where b.id = ${groupId}::uuid for update`,
  );
  const results = all(jobs, { state: 'skipped', why: 'gone' });
  await changeRows(tx.db, sql`batch`, rows, tagsOf(chunk), results);
  if (results.get(groupId)?.state !== 'done') return results;
  await audit(tx.db, context, 'batch.tag', { kind: 'batch', id: groupId }, { after: detailOf(action) });
  tx.afterCommit(() => publishChanges({ batches: [groupId] }));
  return results;
}

const tagsOf = ({ action }: Chunk): TagChange => must(action.tags, 'The tags of a bulk action');

/** Stores what the tags of locked rows become, and notes what became of each row. */
async function changeRows(
  db: Queryable,
  table: Sql,
  rows: readonly Row[],
  change: TagChange,
  results: Results,
): Promise<void> {
  const [ids, texts]: [string[], (string | null)[]] = [[], []];
  for (const { id, metadata } of rows) {
    const tagged = changeTags(metadata, change);
    if ('why' in tagged) {
      results.set(id, { state: tagged.why === 'unchanged' ? 'skipped' : 'failed', why: tagged.why });
    } else {
      results.set(id, { state: 'done' });
      ids.push(id);
      texts.push(tagged.metadata && stringifyJson(tagged.metadata));
    }
  }
  if (ids.length === 0) return;
  await db.query(
    sql`update ${table} as t set metadata = n.metadata::json
     from unnest(${ids}::uuid[], ${texts}::text[]) as n (id, metadata) where t.id = n.id`,
  );
}
