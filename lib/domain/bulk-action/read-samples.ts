import { MAX_SAMPLES } from '@/lib/contracts/bulk-action';
import type { EditedRow } from '@/lib/contracts/correction';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type EditableRow, editRow, previewOf } from '@/lib/domain/batch/corrections/edit-row';
import type { Context } from '@/lib/domain/context';
import { SUMMARY_SELECT, type SummaryRow, toListedJob } from '@/lib/domain/job/job-row';
import { openDoor } from '@/lib/domain/redaction/door';
import type { JobType } from '@/lib/job-types/catalogue';

/** Milliseconds for all expressions of a preview. */
const PREVIEW_MS = 5_000;

/** The first jobs that will be changed, or of all if none will be. */
const FIRST = (id: string) => sql`select k.job_id from bulk_action_job k where k.bulk_action_id = ${id}
  order by k.state is not null, k.group_id, k.job_id limit ${MAX_SAMPLES}`;

/** Returns a few of the chosen jobs, as their list shows them to the caller. */
export async function readSamples(context: Context, id: string): Promise<JobSummaryDto[]> {
  const door = await openDoor(context);
  const { rows } = await pool().query<SummaryRow>(sql`${SUMMARY_SELECT} where j.id in (${FIRST(id)}) order by j.id`);
  return rows.map((row) => toListedJob(row, door));
}

/** Returns a few of the chosen jobs before and after an edit. */
export async function previewEdit(
  { organizationId: owner }: Context,
  id: string,
  expressions: [field: string, expression: string][],
): Promise<EditedRow[]> {
  const { rows } = await pool().query<EditableRow & { type: JobType }>(
    sql`select j.id, j.type, coalesce(j.item_index, 0) + 1 as row, j.data, j.error from job j
     where j.id in (${FIRST(id)}) and j.outcome in ('failed', 'cancelled') order by j.id`,
  );
  const until = Date.now() + PREVIEW_MS;
  const preview: EditedRow[] = [];
  for (const row of rows) {
    const leftMs = until - Date.now();
    if (leftMs <= 0) break;
    preview.push(previewOf(row, await editRow(row.type, row, expressions, { leftMs, owner }), expressions));
  }
  return preview;
}
