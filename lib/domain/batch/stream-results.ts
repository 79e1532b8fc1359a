import type { JobError } from '@/lib/contracts/errors';
import type { JobWarning } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { SHOWN_STATUS } from '@/lib/domain/job/job-row';
import { type Door, errorAt, openDoor, warningsAt } from '@/lib/domain/redaction/door';
import { loadBatch } from './get-batch';

/** How a job ended, with its input. */
export interface OutcomeRow {
  /** its place in its batch, from 0; null for a job without a batch */
  index: number | null;
  status: JobStatus;
  input: unknown;
  result: unknown;
  error: JobError | null;
  warnings: JobWarning[] | null;
  tokens: number | null;
  usd: number | null;
  /** which job it is, where the rows are of more than one batch */
  of?: { jobId: string; batchId: string | null; type: string };
}

export interface ResultRow extends OutcomeRow {
  index: number;
}

const PAGE = 1000;

/**
 * Streams the children's outcomes in item order, in pages, to limit memory use.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function streamResults(
  context: Context,
  batchId: string,
  filter: { status?: JobStatus | undefined },
): Promise<AsyncGenerator<ResultRow[]>> {
  requirePermission(context, 'batch.see');
  requirePayloads(context, 'download results');
  await loadBatch(context, batchId);
  return pages(batchId, filter.status, await openDoor(context));
}

async function* pages(batchId: string, status: JobStatus | undefined, door: Door): AsyncGenerator<ResultRow[]> {
  let after = -1;
  for (;;) {
    const { rows } = await pool().query<ResultRow>(
      sql`select j.item_index as index, ${SHOWN_STATUS} as status, j.data as input, j.result, j.error, j.warnings,
         j.cost_tokens::float8 as tokens, j.cost_usd::float8 as usd
       from job j join batch b on b.id = j.batch_id
       where j.batch_id = ${batchId} and j.item_index > ${after} and (${status ?? null}::text is null or ${SHOWN_STATUS} = ${status ?? null})
       order by j.item_index limit ${PAGE}`,
    );
    if (rows.length > 0) yield await Promise.all(rows.map((row) => atDoor(row, door)));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.index;
  }
}

/** Returns a row as the caller sees it. */
export async function atDoor<Row extends OutcomeRow>(row: Row, door: Door): Promise<Row> {
  if (door.level === 'full') return row;
  return {
    ...row,
    input: await door.whole(row.input, 'data'),
    result: await door.whole(row.result, 'result'),
    error: errorAt(door, row.error),
    warnings: row.warnings && warningsAt(door, row.warnings),
  };
}
