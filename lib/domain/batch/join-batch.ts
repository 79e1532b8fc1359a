import type { BatchStatus } from '@/lib/contracts/status';
import type { Sql } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';
import { tooMany } from './open-columns';
import { QUEUED_IF_HELD } from './slot';

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
  seal?: boolean;
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
export async function joinBatch(sql: Sql, batchId: string, change: Change): Promise<Place> {
  const { count, seal = false, limit, inLine = true } = change;
  const dispatch = await sql.query<{ last_seq: number }>(
    'select last_seq from batch_dispatch where batch_id = $1 for update',
    [batchId],
  );
  const { rows } = await sql.query<{ total: number; announced: number | null; closed: boolean; status: BatchStatus }>(
    `select total, announced, status, sealed or finished_at is not null as closed from batch where id = $1
     for no key update`,
    [batchId],
  );
  const [batch, line] = [rows[0], dispatch.rows[0]];
  if (!batch || !line || batch.closed) throw batchSealed();
  const total = batch.total + count;
  if (batch.announced !== null && total > batch.announced) throw tooMany(batch.announced, batch.total, count);
  if (total > limit) {
    throw new DomainError('payload-too-large', `A batch may have at most ${limit} items; this one has ${batch.total}.`);
  }
  const sealed = seal || total === batch.announced;
  await sql.query(
    `update batch set total = $2, sealed = $3,
       seals_at = case when $3 then null else now() + make_interval(secs => seal_after) end
       ${inLine ? `, ${QUEUED_IF_HELD}` : ''} where id = $1`,
    [batchId, total, sealed],
  );
  if (inLine) {
    await sql.query('update batch_dispatch set last_seq = last_seq + $2 where batch_id = $1', [batchId, count]);
  }
  return { firstIndex: batch.total, lastSeq: line.last_seq, sealed, status: batch.status };
}
