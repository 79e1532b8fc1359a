import type { JobError } from '@/lib/contracts/errors';
import type { JobWarning } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { SHOWN_STATUS } from '@/lib/domain/job/job-row';
import { getBatch } from './get-batch';

export interface ResultRow {
  index: number;
  status: JobStatus;
  input: unknown;
  result: unknown;
  error: JobError | null;
  warnings: JobWarning[] | null;
}

const PAGE = 1000;

/** Streams the children's outcomes in item order, in pages, to limit memory use. @throws `not-found` */
export async function streamResults(
  context: Context,
  batchId: string,
  filter: { status?: JobStatus | undefined },
): Promise<AsyncGenerator<ResultRow[]>> {
  await getBatch(context, batchId);
  return pages(batchId, filter.status);
}

async function* pages(batchId: string, status: JobStatus | undefined): AsyncGenerator<ResultRow[]> {
  let after = -1;
  for (;;) {
    const { rows } = await pool().query<ResultRow>(
      sql`select j.item_index as index, ${SHOWN_STATUS} as status, j.data as input, j.result, j.error, j.warnings
       from job j join batch b on b.id = j.batch_id
       where j.batch_id = ${batchId} and j.item_index > ${after} and (${status ?? null}::text is null or ${SHOWN_STATUS} = ${status ?? null})
       order by j.item_index limit ${PAGE}`,
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.index;
  }
}
