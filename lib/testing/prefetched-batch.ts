import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { type Outcome, recordAndTake, recordOutcomes, type TakenRow } from '@/lib/domain/job/record-outcomes';
import { type ClaimedBatch, launchClaimed } from './claimed-batch';

export const completed = (batchId: string, { id, attempt }: { id: string; attempt: number }): Outcome => ({
  id,
  batchId,
  attempt,
  kind: 'completed',
  result: 1,
});

export const request = (batchId: string, ahead: number, wanted = 0) => ({
  batchId,
  type: 'diagnostic' as const,
  wanted,
  ahead,
});

/** A batch of which consumer 1 runs as many rows as may run at once, and has prefetched as many. */
export async function begin(
  context: Context,
  count: number,
  options: BatchOptions,
): Promise<ClaimedBatch & { ahead: TakenRow[] }> {
  const batch = await launchClaimed(context, count, options);
  const { taken } = await recordAndTake({
    consumerId: 1,
    outcomes: [],
    requests: [request(batch.batchId, batch.held.length)],
  });
  return { ...batch, ahead: taken };
}

/** The rows end, and prefetched ones have started in their place. */
export const succeed = (batchId: string, ended: { id: string; attempt: number }[], by: TakenRow[], ahead = 0) =>
  recordAndTake({
    consumerId: 1,
    outcomes: ended.map((row, i) => {
      const next = by[i];
      return {
        ...completed(batchId, row),
        ...(next && { successor: { id: next.id, attempt: next.attempt, startedMsAgo: 5 } }),
      };
    }),
    requests: [request(batchId, ahead)],
  });

export const idsOf = (rows: { id: string }[]): string[] => rows.map((row) => row.id);

export const rowsOf = async (batchId: string) =>
  (
    await pool().query<{ id: string; status: string; seq: number | null; consumer: number | null; attempt: number }>(
      'select id, status, seq, consumer_id as consumer, attempt from job where batch_id = $1 order by item_index',
      [batchId],
    )
  ).rows;

export const counters = async (batchId: string) =>
  (
    await pool().query<{ prefetched: number; ended: number; cursor: number; last_seq: number }>(
      `select d.prefetched, b.prefetch_ended as ended, d.cursor, d.last_seq from batch_dispatch d join batch b on b.id = d.batch_id
       where b.id = $1`,
      [batchId],
    )
  ).rows[0];

/** Another consumer claims all rows of the batch that a delivery may start. */
export const claimAll = async (batchId: string) =>
  claimJobs(
    { consumerId: 2, quarantine: false },
    (await rowsOf(batchId)).map(({ id }) => ({ id, redelivered: false })),
  );

/** The rows complete. */
export const end = (batchId: string, rows: { id: string; attempt: number }[]) =>
  recordOutcomes(rows.map((row) => completed(batchId, row)));
