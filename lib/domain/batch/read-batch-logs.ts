import type { BatchLogs } from '@/lib/contracts/job';
import type { BatchLogsQuery } from '@/lib/contracts/job-queries';
import { isFinished } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { type LogRow, toLogLine } from '@/lib/domain/job/read-job-logs';
import { openDoor } from '@/lib/domain/redaction/door';
import { loadBatch } from './get-batch';

/** Items whose logs one page looks for: most items of a batch may have written nothing. */
const ITEMS = 2000;
/** Lines of all jobs that one page looks through for those that were written since. */
const LINES = 20_000;
/** Lines get their ids before they are visible, so that one with a lower id may come later. */
const OVERLAP = 1000;

type Row = LogRow & { job_id: string; item_index: number };

/**
 * Reads the log lines of a batch, item by item, in pages that may be empty. From `tail` on it reads what was written since,
 * in the order of writing; the last lines before are repeated, and their `id` tells.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function readBatchLogs(context: Context, batchId: string, query: BatchLogsQuery): Promise<BatchLogs> {
  requirePermission(context, 'batch.see');
  requirePayloads(context, 'read the logs of a batch');
  const door = await openDoor(context);
  // Before the lines: an attempt writes its last ones before its end is visible.
  const ended = isFinished((await loadBatch(context, batchId)).status);
  const { cursor = '', limit } = query;
  const page = cursor.startsWith('w')
    ? await readWritten(batchId, cursor.slice(1))
    : await readItems(batchId, cursor, limit);
  return {
    lines: page.rows.map((row) => ({
      ...toLogLine(row, door.message(row.message)),
      id: row.id,
      jobId: row.job_id,
      index: row.item_index,
    })),
    nextCursor: page.nextCursor,
    tail: page.tail,
    ended,
  };
}

const COLUMNS = sql`l.id::text, l.attempt, l.at, l.level, l.message, l.job_id`;

async function readItems(batchId: string, cursor: string, limit: number) {
  const [start = '', after = '0', given] = cursor.split('-');
  const first = start || '0';
  const newest = given ?? (await newestLine());
  const items = sql`select id, item_index from job
    where batch_id = ${batchId}::uuid and item_index >= ${first}::int order by item_index limit ${ITEMS}`;
  const reach = await pool().query<{ items: number; last: number | null }>(
    sql`select count(*)::int as items, max(item_index) as last from (${items}) i`,
  );
  const { rows } = await pool().query<Row>(
    sql`select ${COLUMNS}, i.item_index from (${items}) i cross join lateral (
        select * from job_log l where l.job_id = i.id and (i.item_index > ${first}::int or l.id > ${after}::bigint)
        order by l.job_id, l.id limit ${limit + 1}) l
      order by i.item_index, l.id limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const beyond = reach.rows[0]?.items === ITEMS ? `${(reach.rows[0]?.last ?? 0) + 1}-0-${newest}` : null;
  const nextCursor = rows.length > limit && last ? `${last.item_index}-${last.id}-${newest}` : beyond;
  return { rows: page, nextCursor, tail: `w${newest}` };
}

async function newestLine(): Promise<string> {
  const { rows } = await pool().query<{ id: string }>(sql`select coalesce(max(id), 0)::text as id from job_log`);
  return rows[0]?.id ?? '0';
}

async function readWritten(batchId: string, cursor: string) {
  const since = sql`select * from job_log where id > ${cursor}::bigint - ${OVERLAP}::bigint order by id limit ${LINES}`;
  const reach = await pool().query<{ lines: number; last: string }>(
    sql`select count(*)::int as lines, greatest(coalesce(max(id), 0), ${cursor}::bigint)::text as last from (${since}) l`,
  );
  const { lines = 0, last = cursor } = reach.rows[0] ?? {};
  const { rows } = await pool().query<Row>(
    sql`select ${COLUMNS}, j.item_index from (${since}) l join job j on j.id = l.job_id and j.batch_id = ${batchId}::uuid and j.item_index >= 0
      where l.id <= ${last}::bigint order by l.id`,
  );
  return { rows, nextCursor: lines === LINES ? `w${last}` : null, tail: `w${last}` };
}
