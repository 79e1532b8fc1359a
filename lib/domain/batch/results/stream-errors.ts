import type { JobError } from '@/lib/contracts/errors';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { type Door, errorAt, openDoor } from '@/lib/domain/redaction/door';
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
 * @throws DomainError `forbidden`, `not-found`
 */
export async function streamErrors(
  context: Context,
  batchId: string,
): Promise<{ name: string; failed: number; fields: () => Promise<string[]>; pages: AsyncGenerator<ErrorRow[]> }> {
  requirePermission(context, 'batch.see');
  requirePayloads(context, 'download failed items');
  const { name, type, failed } = await loadBatch(context, batchId);
  const door = await openDoor(context);
  return {
    name,
    failed,
    fields: () => inputFields(batchId, type as JobType, { failedOnly: true }),
    pages: pages(batchId, door),
  };
}

async function* pages(batchId: string, door: Door): AsyncGenerator<ErrorRow[]> {
  let after = 0;
  for (;;) {
    const { rows } = await pool().query<ErrorRow>(
      sql`select item_index + 1 as row, id as "jobId", data as input, error from job
       where batch_id = ${batchId} and outcome = 'failed' and item_index >= ${after} order by item_index limit ${PAGE}`,
    );
    if (rows.length > 0) yield await Promise.all(rows.map((row) => atDoor(row, door)));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.row;
  }
}

async function atDoor(row: ErrorRow, door: Door): Promise<ErrorRow> {
  if (door.level === 'full') return row;
  return { ...row, input: await door.whole(row.input, 'data'), error: errorAt(door, row.error) };
}
