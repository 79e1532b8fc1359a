import { sql } from '@/lib/db/sql';
import type { Queryable, Transaction } from '@/lib/db/transaction';
import { continueRun, requireNotCancelling } from '@/lib/domain/batch/continue-run';
import { editRow } from '@/lib/domain/batch/corrections/edit-row';
import { readExpressions } from '@/lib/domain/batch/corrections/expressions';
import { reopenRows } from '@/lib/domain/batch/reopen-rows';
import { unseal } from '@/lib/domain/batch/retry-batch';
import { RETRY_SECONDS } from '@/lib/domain/batch/retry-entry';
import { retryNodes } from '@/lib/domain/flow/retry-flow';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { itemName } from '@/lib/domain/job/item-name';
import { reopenSingles } from '@/lib/domain/job/reopen-singles';
import { type NewInput, replaceInputs } from '@/lib/domain/job/replace-inputs';
import { clip } from '@/lib/domain/preview';
import { retryExternally } from '@/lib/interop/retry-external';
import type { JobType } from '@/lib/job-types/catalogue';
import { all, type Chunk, lockUnchanged, type Result, type Results } from './chunk';

/** Single jobs that are enqueued at once. */
const WINDOW = 1000;
/** Milliseconds for all expressions of a chunk. */
const EDIT_MS = 15_000;
/** Characters of what is wrong with an input. */
const DETAIL = 300;

/**
 * Runs the jobs of a chunk again, with new inputs if it is an edit.
 * @throws DomainError `not-retryable`, `unique-key-in-use`
 */
export async function retryChunk(tx: Transaction, chunk: Chunk): Promise<Results> {
  const { context, action, kind, groupId } = chunk;
  // Expressions may take seconds, so they are evaluated before anything is locked.
  const inputs = action.action === 'edit' ? await newInputs(tx.db, chunk) : undefined;
  if (kind === 'batch') {
    await requireNotCancelling(tx.db, context, groupId);
    if (await wasCancelled(tx.db, chunk)) return all(chunk.jobs, { state: 'skipped', why: 'batch-cancelled' });
  }
  const { ready, results } = await lockUnchanged(tx.db, chunk);
  const ids = ready.filter((id) => !inputs || inputs.changed.has(id));
  for (const id of ready) results.set(id, inputs?.failed.get(id) ?? { state: 'skipped', why: 'changed' });
  for (const id of ids) results.set(id, { state: 'done' });
  if (ids.length === 0) return results;
  if (inputs) {
    const changed = ids.flatMap((id) => inputs.changed.get(id) ?? []);
    await replaceInputs(tx.db, context.organizationId, kind === 'batch' ? groupId : null, changed);
  }
  await reopen(tx, chunk, ids);
  return results;
}

async function reopen(tx: Transaction, { kind, groupId, more, action }: Chunk, ids: string[]): Promise<void> {
  if (kind === 'flow') {
    await retryNodes(tx, groupId, ids);
    return;
  }
  if (kind === 'batch') {
    const { failed, cancelled } = await reopenRows(tx.db, groupId, sql`id = any(${ids}::uuid[])`);
    if (failed + cancelled !== ids.length) throw new Error('Locked jobs of a batch could not be reopened.');
    // A batch that has ended is queued for a slot: every start would wait for the lock that one takes.
    await continueRun(tx, groupId, 'open');
    if (more && (await unseal(tx.db, groupId))) action.unsealed = groupId;
    else if (more && action.unsealed === groupId) await extendDeadline(tx.db, groupId);
  } else {
    await reopenSingles(tx.db, sql`j.id = any(${ids}::uuid[])`);
    tx.afterCommit(async () => {
      for (let at = 0; at < ids.length; at += WINDOW) await deliverJobs(ids.slice(at, at + WINDOW));
    });
  }
  await retryExternally(tx, sql`j.id = any(${ids}::uuid[])`);
}

/** A slow bulk action keeps its batch open for as long as it goes on. */
async function extendDeadline(db: Queryable, batchId: string): Promise<void> {
  await db.query(
    sql`update batch set seals_at = now() + make_interval(secs => ${RETRY_SECONDS}) where id = ${batchId} and not sealed`,
  );
}

/** Whether somebody cancelled the batch after the bulk action began: it must not run again. */
async function wasCancelled(db: Queryable, { action, groupId }: Chunk): Promise<boolean> {
  const { rowCount } = await db.query(
    sql`select from batch where id = ${groupId} and cancel_mode is not null and finished_at > ${action.createdAt}::timestamptz`,
  );
  return (rowCount ?? 0) > 0;
}

interface Inputs {
  changed: Map<string, NewInput>;
  failed: Map<string, Result>;
}

async function newInputs(db: Queryable, { action, jobs }: Chunk): Promise<Inputs> {
  const expressions = readExpressions(action.set ?? {});
  const { rows } = await db.query<{ id: string; type: JobType; row: number; data: unknown; error: unknown }>(
    sql`select j.id, j.type, coalesce(j.item_index, 0) + 1 as row, j.data, j.error from job j
     where j.id = any(${jobs.map(({ id }) => id)}::uuid[]) and j.outcome in ('failed', 'cancelled') order by j.id`,
  );
  const until = Date.now() + EDIT_MS;
  const inputs: Inputs = { changed: new Map(), failed: new Map() };
  for (const row of rows) {
    const limits = { leftMs: Math.max(1, until - Date.now()), owner: action.organizationId };
    const { data, issues } = await editRow(row.type, row, expressions, limits);
    const [issue] = issues;
    if (issue) {
      const detail = clip([issue.path, issue.message].filter(Boolean).join(': '), DETAIL);
      inputs.failed.set(row.id, { state: 'failed', why: 'invalid-input', detail });
    } else inputs.changed.set(row.id, { id: row.id, data, name: itemName(row.type, data) });
  }
  return inputs;
}
