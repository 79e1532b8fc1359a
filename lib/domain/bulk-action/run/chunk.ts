import type { JobStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { lockDispatch } from '@/lib/domain/batch/lock-dispatch';
import type { BulkActionRow } from '@/lib/domain/bulk-action/bulk-action-row';
import { SINGLE } from '@/lib/domain/bulk-action/freeze-selection';
import type { ReasonCode } from '@/lib/domain/bulk-action/reasons';
import type { Context } from '@/lib/domain/context';
import { lockFlows } from '@/lib/domain/flow/settle-nodes';

/** A job as it was chosen. */
export interface ChosenJob {
  id: string;
  delivery: number;
}

export type GroupKind = 'batch' | 'flow' | 'single' | 'gone';

/** Chosen jobs of one batch or flow, or single ones, that are changed in one transaction. */
export interface Chunk {
  /** of who started it */
  context: Context;
  action: BulkActionRow;
  kind: GroupKind;
  /** the batch or flow */
  groupId: string;
  jobs: ChosenJob[];
  /** more jobs of the same group follow */
  more: boolean;
  /** no consumer can start any more what it prefetched before */
  closePrefetched: boolean;
}

/** Returns what a group of chosen jobs is: a batch, a flow, single jobs, or nothing any more. */
export async function groupKind(
  db: Queryable,
  { organizationId }: Pick<BulkActionRow, 'organizationId'>,
  groupId: string,
): Promise<GroupKind> {
  if (groupId === SINGLE) return 'single';
  const { rows } = await db.query<{ kind: 'batch' | 'flow' }>(
    sql`select 'batch' as kind from batch b where b.id = ${groupId} and b.organization_id = ${organizationId}
     union all select 'flow' from flow f where f.id = ${groupId} and f.organization_id = ${organizationId}`,
  );
  return rows[0]?.kind ?? 'gone';
}

export interface Result {
  state: 'done' | 'failed' | 'skipped';
  why?: ReasonCode;
  detail?: string;
}

/** What became of the jobs of a chunk, by id. */
export type Results = Map<string, Result>;

export const all = (jobs: readonly ChosenJob[], result: Result): Results =>
  new Map(jobs.map(({ id }): [string, Result] => [id, result]));

interface CurrentRow {
  id: string;
  groupId: string;
  delivery: number;
  outcome: JobStatus | null;
  discarded: boolean;
}

/** Locks the batch or flow of a chunk, before any of its jobs. */
async function lockGroup(db: Queryable, { kind, groupId }: Chunk): Promise<void> {
  if (kind === 'batch') await lockDispatch(db, groupId);
  if (kind === 'flow') await lockFlows(db, [groupId]);
}

/**
 * Locks the jobs of a chunk, and divides them: those that are as they were chosen, and the others with the reason why
 * they are skipped. Whoever retries a job gives it another delivery, so it is changed once, whoever asks.
 */
export async function lockUnchanged(db: Queryable, chunk: Chunk): Promise<{ ready: string[]; results: Results }> {
  await lockGroup(db, chunk);
  const ids = chunk.jobs.map(({ id }) => id);
  const { rows } = await db.query<CurrentRow>(
    sql`select j.id, coalesce(j.batch_id, j.flow_id, ${SINGLE}::uuid) as "groupId", j.delivery, j.outcome, j.discarded_at is not null as discarded
     from job j where j.id = any(${ids}::uuid[]) order by j.id for update`,
  );
  const now = new Map(rows.map((row) => [row.id, row]));
  const results: Results = new Map();
  const ready: string[] = [];
  for (const job of chunk.jobs) {
    const why = reasonNow(chunk, job, now.get(job.id));
    if (why === null) ready.push(job.id);
    else results.set(job.id, { state: 'skipped', why });
  }
  return { ready, results };
}

function reasonNow({ action, groupId }: Chunk, job: ChosenJob, now: CurrentRow | undefined): ReasonCode | null {
  if (!now) return 'gone';
  if (now.groupId !== groupId) return 'changed';
  // Tags say nothing about how a job ended, so they fit whatever became of it.
  if (action.action === 'tag') return null;
  if (now.delivery !== job.delivery) return 'retried';
  if (action.action === 'discard') {
    if (now.discarded) return 'discarded';
    return now.outcome === 'failed' ? null : 'changed';
  }
  if (action.action === 'delete') return now.outcome === null ? 'changed' : null;
  return now.outcome === 'failed' || now.outcome === 'cancelled' ? null : 'changed';
}
