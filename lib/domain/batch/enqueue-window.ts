import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { rowsPerPage } from '@/lib/domain/defaults';
import { enqueueRows } from '@/lib/domain/job/enqueue-rows';
import type { JobType } from '@/lib/job-types/catalogue';

/** The dispatch order of a batch's rows, and the position up to which they were enqueued. */
export interface DispatchOrder {
  type: JobType;
  correlation_id: string;
  /** rows of the launch; they come first, in item order */
  initial: number;
  last_seq: number;
  cursor: number;
  /** the highest item index that was enqueued */
  reach: number;
  /** rows after the cursor that no longer wait, because they were cancelled or deleted */
  holes: number;
}

/** The new position in the order, after `count` rows were enqueued. */
interface Enqueued extends Pick<DispatchOrder, 'cursor' | 'holes' | 'reach'> {
  count: number;
}

interface OpenRow {
  id: string;
  correlationId: string | null;
  type: JobType;
  item_index: number;
  seq: number;
  priority: number;
  attempts: number;
  delivery: number;
  /** false: it was enqueued by a dispatch whose commit failed, and already runs */
  waits: boolean;
}

const openRows = (
  batchId: string,
): Sql => sql`select id, type, item_index, coalesce(seq, item_index + 1) as seq, priority, status = 'pending' as waits,
  max_attempts - attempts_made as attempts, delivery, correlation_id as "correlationId" from job
  where batch_id = ${batchId} and outcome is null`;

/** Reads the next open rows in dispatch order: first those of the launch, in item order, then those added later. */
async function nextRows(
  db: Queryable,
  batchId: string,
  cursor: number,
  order: DispatchOrder,
  limit: number,
): Promise<OpenRow[]> {
  const { rows } =
    cursor < order.initial
      ? await db.query<OpenRow>(
          sql`${openRows(batchId)} and seq is null and item_index >= ${cursor} order by item_index limit ${limit}`,
        )
      : await db.query<OpenRow>(
          sql`${openRows(batchId)} and seq > ${cursor} and seq <= ${order.last_seq} order by seq limit ${limit}`,
        );
  return rows;
}

/**
 * Enqueues the next waiting rows of a batch, a page at a time. The caller holds the lock of the dispatch row and stores
 * the new position.
 * @param options.limit rows at most
 * @param options.bundle rows that one delivery may carry
 */
export async function enqueueWindow(
  db: Queryable,
  batchId: string,
  order: DispatchOrder,
  { limit, bundle }: { limit: number; bundle: number },
): Promise<Enqueued> {
  const page = rowsPerPage(order.type);
  let { cursor, holes, reach } = order;
  let count = 0;
  while (count < limit && cursor < order.last_seq) {
    const size = Math.min(page, limit - count);
    const rows = await nextRows(db, batchId, cursor, order, size);
    for (const row of rows) row.correlationId ??= order.correlation_id;
    const waiting = rows.filter((row) => row.waits);
    for (const [type, group] of byType(order.type, waiting)) {
      await enqueueRows(group, { type, batchId, single: false, together: bundle });
    }
    const end = cursor < order.initial ? order.initial : order.last_seq;
    const reached = rows.length < size ? end : (rows.at(-1)?.seq ?? end);
    holes = Math.max(0, holes - (reached - cursor - rows.length));
    cursor = reached;
    count += waiting.length;
    // Rows that already run count too: the sweep does not search for rows beyond the reach.
    for (const row of rows) reach = Math.max(reach, row.item_index);
  }
  // At the end of the order no row waits, so no hole is left.
  return { count, cursor, holes: cursor === order.last_seq ? 0 : holes, reach };
}

/** Groups rows by type. A batch has one type, unless children of other types were added one by one. */
function byType(type: JobType, rows: OpenRow[]): Map<JobType, OpenRow[]> {
  if (rows.every((row) => row.type === type)) return new Map([[type, rows]]);
  const groups = new Map<JobType, OpenRow[]>();
  for (const row of rows) groups.set(row.type, [...(groups.get(row.type) ?? []), row]);
  return groups;
}
