import type { Readable } from 'node:stream';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openStored } from '@/lib/domain/file/open-file';
import { requireUnredacted } from '@/lib/domain/redaction/door';

export interface ArtifactEntry {
  /** position of its item in the batch, from 1 */
  row: number;
  name: string;
  contentType: string;
  open(): Promise<Readable>;
}

const PAGE = 500;

/** Streams the artifacts of a batch in item order. Each file is opened only when it is read. @throws `not-found` */
export async function streamArtifacts(
  context: Context,
  batchId: string,
  filter: { status?: JobStatus | undefined },
): Promise<AsyncGenerator<ArtifactEntry>> {
  requirePermission(context, 'batch.see');
  await requireUnredacted(context, 'download files');
  await loadBatch(context, batchId);
  return entries(context, batchId, filter.status);
}

async function* entries(
  context: Context,
  batchId: string,
  status: JobStatus | undefined,
): AsyncGenerator<ArtifactEntry> {
  let after = { row: 0, name: '' };
  for (;;) {
    const { rows } = await pool().query<{ row: number; id: string; name: string; contentType: string }>(
      sql`select j.item_index + 1 as row, f.id, f.name, f.content_type as "contentType"
       from job j join file f on f.job_id = j.id and f.attempt = j.attempt and f.hidden_at is null
       where j.batch_id = ${batchId} and j.item_index >= ${after.row}::int - 1 and (j.item_index + 1, f.name) > (${after.row}, ${after.name})
         and (${status ?? null}::text is null or j.status = ${status ?? null})
       order by j.item_index, f.name limit ${PAGE}`,
    );
    for (const { row, id, name, contentType } of rows) {
      yield { row, name, contentType, open: async () => (await openStored(context, id)).stream };
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last;
  }
}
