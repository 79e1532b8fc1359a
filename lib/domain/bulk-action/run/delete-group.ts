import { sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { lockDispatch } from '@/lib/domain/batch/lock-dispatch';
import { lockFlows } from '@/lib/domain/flow/settle-nodes';
import { deleteEndedJobs, deleteWithoutJobs } from '@/lib/domain/retention/expire';
import { publishChanges } from '@/lib/events/relay';
import { all, type Chunk, type Results } from './chunk';
import { detailOf } from './close-group';

/** Jobs that one transaction deletes: nothing else waits for them, because they have ended. */
const PART = 20_000;

/**
 * Deletes a batch or flow that has ended, with all of its jobs, in several transactions if it has many. One that
 * somebody retries meanwhile keeps what it has left.
 * @returns `more` if jobs of it are left
 */
export async function deleteGroup(tx: Transaction, chunk: Chunk): Promise<Results | 'more'> {
  const { context, action, kind, groupId, jobs } = chunk;
  const isBatch = kind === 'batch';
  if (isBatch) await lockDispatch(tx.db, groupId);
  else await lockFlows(tx.db, [groupId]);
  const from = isBatch ? sql`batch` : sql`flow`;
  const { rows } = await tx.db.query<{ name: string; ended: boolean }>(
    sql`select g.name, g.finished_at is not null as ended from ${from} g where g.id = ${groupId}::uuid for update`,
  );
  const [found] = rows;
  if (!found) return all(jobs, { state: 'skipped', why: 'gone' });
  if (!found.ended) return all(jobs, { state: 'skipped', why: 'retried' });
  const member = isBatch ? sql`j.batch_id = ${groupId}::uuid` : sql`j.flow_id = ${groupId}::uuid`;
  const deleted = await deleteEndedJobs(tx.db, sql`select j.id from job j where ${member} limit ${PART}`);
  if (deleted === PART) return 'more';
  await deleteWithoutJobs(tx.db, isBatch ? 'batch' : 'flow', sql`g.id = ${groupId}::uuid`);
  const target = { kind: isBatch ? 'batch' : 'flow', id: groupId, name: found.name };
  await audit(tx.db, context, isBatch ? 'batch.delete' : 'flow.delete', target, { after: detailOf(action) });
  if (isBatch) tx.afterCommit(() => publishChanges({ batches: [groupId] }));
  return all(jobs, { state: 'done' });
}
