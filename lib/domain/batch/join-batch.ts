import type { BatchStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';
import { QUEUE_IF_SUSPENDED } from './batch-slot';
import { tooMany } from './open-columns';

/** Where new children of a batch stand. */
export interface Place {
  /** the item index of the first of them */
  firstIndex: number;
  /** the last number in line so far; theirs follow */
  lastSeq: number;
  sealed: boolean;
  status: BatchStatus;
}

export const batchSealed = (): DomainError =>
  new DomainError('batch-sealed', 'This batch is sealed: nothing can be added to it. Launch another one.');

interface Change {
  count: number;
  /** whether these are the last */
  seal?: boolean | undefined;
  /** most children that a batch may have */
  limit: number;
  /** false: they get no number in line (they have a time of their own, or run elsewhere) */
  inLine?: boolean;
}

/**
 * Makes room for further children of an unsealed batch and counts them; the one that makes up what was announced
 * seals it. The caller writes their rows in the same transaction. Locks the dispatch row, then the batch, as all do.
 * @throws DomainError `batch-sealed`, `payload-too-large`
 */
export async function joinBatch(db: Queryable, batchId: string, change: Change): Promise<Place> {
  const { count, seal = false, limit, inLine = true } = change;
  const dispatch = await db.query<{ last_seq: number }>(
    sql`select last_seq from batch_dispatch where batch_id = ${batchId} for update`,
  );
  const { rows } = await db.query<{ total: number; announced: number | null; closed: boolean; status: BatchStatus }>(
    sql`select total, announced, status, sealed or finished_at is not null as closed from batch where id = ${batchId}
     for no key update`,
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
    await db.query(sql`update batch_dispatch set last_seq = last_seq + ${count} where batch_id = ${batchId}`);
  }
  return { firstIndex: batch.total, lastSeq: line.last_seq, sealed, status: batch.status };
}
