import { type JobStatus, MATRIX_CODE } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { loadBatch } from './get-batch';
import { isStartDelayed } from './start-delay';

/** Returns one byte per child in item order (codes in `MATRIX_CODE`). @throws `not-found` */
export async function readMatrix(context: Context, batchId: string): Promise<Uint8Array> {
  requirePermission(context, 'batch.see');
  const batch = await loadBatch(context, batchId);
  const cells = new Uint8Array(batch.total).fill(MATRIX_CODE[isStartDelayed(batch) ? 'delayed' : 'pending']);
  // The query returns ranges of equal states, so that a million children need only a few thousand rows.
  const { rows } = await pool().query<{ status: JobStatus; first: number; last: number }>(
    sql`select status, min(item_index)::int as first, max(item_index)::int as last
     from (select status, item_index, item_index - row_number() over (partition by status order by item_index) as run
           from (select outcome as status, item_index from job where batch_id = ${batchId} and outcome is not null
                 union all
                 select status, item_index from job where batch_id = ${batchId} and outcome is null and status <> 'pending'
                   and item_index <= (select reach from batch_dispatch where batch_id = ${batchId})) cells) islands
     group by status, run`,
  );
  for (const { status, first, last } of rows) cells.fill(MATRIX_CODE[status], first, Math.min(last + 1, cells.length));
  return cells;
}
