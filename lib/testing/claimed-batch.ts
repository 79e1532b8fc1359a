import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import type { Context } from '@/lib/domain/context';
import { type Claim, claimJobs } from '@/lib/domain/job/claim-jobs';
import { launchItems } from './run-batch';

export interface ClaimedBatch {
  batchId: string;
  /** of all rows, in their order */
  ids: string[];
  held: Claim[];
}

/**
 * Launches a batch and claims its first rows for consumer 1, as a process does whose deliveries have arrived.
 * @param first how many rows; by default as many as run at once
 */
export async function launchClaimed(
  context: Context,
  count: number,
  options: BatchOptions,
  first = options.concurrency ?? 1,
): Promise<ClaimedBatch> {
  const { result } = await launchItems(context, count, { options });
  const { batchId } = result;
  await dispatchBatch(batchId, 1);
  const ids = await listRowIds(batchId);
  const held = await claimJobs(
    { consumerId: 1, quarantine: false },
    ids.slice(0, first).map((id) => ({ id, redelivered: false })),
  );
  if (held.length !== first) throw new Error(`${held.length} of ${first} rows were claimed`);
  return { batchId, ids, held };
}

async function listRowIds(batchId: string): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 order by item_index', [
    batchId,
  ]);
  return rows.map(({ id }) => id);
}
