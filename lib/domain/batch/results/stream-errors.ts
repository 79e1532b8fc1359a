import type { JobError } from '@/lib/contracts/errors';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { getBatch } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import type { JobType } from '@/lib/job-types/catalogue';
import { inputFields } from './result-columns';

export interface ErrorRow {
  /** position in the batch, from 1, as in the list */
  row: number;
  jobId: string;
  input: unknown;
  error: JobError | null;
}

const PAGE = 1000;

/**
 * Streams the failed items of a batch with their input and error, in item order, in pages.
 * @returns `fields` reads the fields of the failed items; none if one of them is no object
 * @throws DomainError `not-found`
 */
export async function streamErrors(
  context: Context,
  batchId: string,
): Promise<{ name: string; failed: number; fields: () => Promise<string[]>; pages: AsyncGenerator<ErrorRow[]> }> {
  const { name, type, failed } = await getBatch(context, batchId);
  return {
    name,
    failed,
    fields: () => inputFields(batchId, type as JobType, { failedOnly: true }),
    pages: pages(batchId),
  };
}

async function* pages(batchId: string): AsyncGenerator<ErrorRow[]> {
  let after = 0;
  for (;;) {
    const { rows } = await pool().query<ErrorRow>(
      sql`select item_index + 1 as row, id as "jobId", data as input, error from job
       where batch_id = ${batchId} and outcome = 'failed' and item_index >= ${after} order by item_index limit ${PAGE}`,
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.row;
  }
}
