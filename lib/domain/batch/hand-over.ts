import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { rowsPerPage } from '@/lib/domain/defaults';
import { enqueueRows } from '@/lib/domain/job/enqueue-rows';
import type { JobType } from '@/lib/job-types/catalogue';

/** A batch's rows in dispatch order, and how far they were handed over. */
export interface Line {
  type: JobType;
  correlation_id: string;
  /** rows of the launch; they come first, in item order */
  initial: number;
  last_seq: number;
  cursor: number;
  /** the highest item index that was handed over */
  reach: number;
  /** rows beyond the cursor that no longer wait (cancelled or deleted there) */
  holes: number;
}

/** How far it came: `count` rows went to the queue. */
interface HandedOver extends Pick<Line, 'cursor' | 'holes' | 'reach'> {
  count: number;
}

interface Next {
  id: string;
  correlationId: string | null;
  type: JobType;
  item_index: number;
  seq: number;
  priority: number;
  attempts: number;
  delivery: number;
  waits: boolean;
}

const openRows = (
  batchId: string,
): Sql => sql`select id, type, item_index, coalesce(seq, item_index + 1) as seq, priority, status = 'pending' as waits,
  max_attempts - attempts_made as attempts, delivery, correlation_id as "correlationId" from job
  where batch_id = ${batchId} and outcome is null`;

/**
 * The next open rows in dispatch order: first those of the launch, in item order, then those that came later. One that
 * does not wait was handed over by somebody whose commit failed, and runs already.
 */
async function nextRows(db: Queryable, batchId: string, cursor: number, line: Line, limit: number): Promise<Next[]> {
  const { rows } =
    cursor < line.initial
      ? await db.query<Next>(
          sql`${openRows(batchId)} and seq is null and item_index >= ${cursor} order by item_index limit ${limit}`,
        )
      : await db.query<Next>(
          sql`${openRows(batchId)} and seq > ${cursor} and seq <= ${line.last_seq} order by seq limit ${limit}`,
        );
  return rows;
}

/**
 * Hands the next waiting rows of a batch to their queues, a page at a time. The caller holds the lock of the dispatch row
 * and writes down how far it came.
 * @param limit rows at most
 * @param together rows that one delivery may carry
 */
export async function handOver(
  db: Queryable,
  batchId: string,
  line: Line,
  limit: number,
  together: number,
): Promise<HandedOver> {
  const page = rowsPerPage(line.type);
  let { cursor, holes, reach } = line;
  let count = 0;
  while (count < limit && cursor < line.last_seq) {
    const size = Math.min(page, limit - count);
    const rows = await nextRows(db, batchId, cursor, line, size);
    for (const row of rows) row.correlationId ??= line.correlation_id;
    const waiting = rows.filter((row) => row.waits);
    for (const [type, group] of byType(line.type, waiting)) {
      await enqueueRows(group, { type, batchId, single: false, together });
    }
    const end = cursor < line.initial ? line.initial : line.last_seq;
    const reached = rows.length < size ? end : (rows.at(-1)?.seq ?? end);
    holes = Math.max(0, holes - (reached - cursor - rows.length));
    cursor = reached;
    count += waiting.length;
    // Also over what runs already: beyond the reach nobody would look for it when its consumer dies.
    for (const row of rows) reach = Math.max(reach, row.item_index);
  }
  // At the end nothing waits, whatever was counted on the way.
  return { count, cursor, holes: cursor === line.last_seq ? 0 : holes, reach };
}

/** A batch has one type, unless children of other types were made in it one by one. */
function byType(type: JobType, rows: Next[]): Map<JobType, Next[]> {
  if (rows.every((row) => row.type === type)) return new Map([[type, rows]]);
  const groups = new Map<JobType, Next[]>();
  for (const row of rows) groups.set(row.type, [...(groups.get(row.type) ?? []), row]);
  return groups;
}
