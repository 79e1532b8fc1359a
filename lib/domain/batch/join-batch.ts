import type { BatchStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';
import { QUEUE_IF_SUSPENDED } from './batch-slot';

/** Positions of new children in a batch. */
export interface Place {
  /** the item index of the first of them */
  firstIndex: number;
  /** the last assigned sequence number; the new children get the next ones */
  lastSeq: number;
  sealed: boolean;
  status: BatchStatus;
}

export const batchSealed = (): DomainError =>
  new DomainError('batch-sealed', 'This batch is sealed: nothing can be added to it. Launch another one.');

interface Change {
  count: number;
  /** true: these are the last children, so the batch is sealed */
  seal?: boolean | undefined;
  /** maximum number of children of a batch */
  limit: number;
  /** false: they get no sequence number (they have their own start time, or were delivered already) */
  inLine?: boolean;
}

/**
 * Reserves positions for new children of an unsealed batch and counts them. The last announced child seals the batch.
 * The caller writes the rows in the same transaction. Locks the dispatch row first, then the batch.
 * @throws DomainError `batch-sealed`, `payload-too-large`
 */
export async function joinBatch(db: Queryable, batchId: string, change: Change): Promise<Place> {
  const { count, seal = false, limit, inLine = true } = change;
  const dispatch = await db.query<{ last_seq: number }>(
    sql`select last_seq from batch_dispatch where batch_id = ${batchId} for update`,
  );
  const { rows } = await db.query<{ total: number; announced: number | null; closed: boolean; status: BatchStatus }>(
    sql`select total, announced, status, sealed or finished_at is not null
       -- a retry is reopening the rows of a sealed batch (retry-batch.ts)
       or (seals_at is not null and seal_after is null) as closed
     from batch where id = ${batchId} for no key update`,
  );
  const [batch, line] = [rows[0], dispatch.rows[0]];
  if (!batch || !line || batch.closed) throw batchSealed();
  const total = batch.total + count;
  if (batch.announced !== null && total > batch.announced) throw tooMany(batch.announced, batch.total, count);
  if (total > limit) {
    throw new DomainError('payload-too-large', `A batch may have at most ${limit} items; this one has ${batch.total}.`);
  }
  const sealed = seal || total === batch.announced;
  await db.query(
    sql`update batch set total = ${total}, sealed = ${sealed},
       seals_at = case when ${sealed} then null else now() + make_interval(secs => seal_after) end
       ${inLine ? sql`, ${QUEUE_IF_SUSPENDED}` : sql``} where id = ${batchId}`,
  );
  if (inLine) {
    await db.query(sql`update batch_dispatch set last_seq = last_seq + ${count}::int where batch_id = ${batchId}`);
  }
  return { firstIndex: batch.total, lastSeq: line.last_seq, sealed, status: batch.status };
}

/** Returns the error for more items than were announced. */
export const tooMany = (announced: number, had: number, more: number): DomainError =>
  new DomainError(
    'batch-sealed',
    `${announced} items were announced${had > 0 ? ` and ${had} have come` : ''}; ${more} more do not fit. Nothing was added.`,
  );
