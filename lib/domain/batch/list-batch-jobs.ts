import type { JobSummaryDto, SearchedDto } from '@/lib/contracts/job';
import type { ListBatchJobsQuery } from '@/lib/contracts/job-queries';
import { isTerminal } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { SUMMARY_SELECT, type SummaryRow, toListedJob } from '@/lib/domain/job/job-row';
import { openDoor, requireUnredacted } from '@/lib/domain/redaction/door';
import { loadBatches } from './get-batch';
import { itemSearch } from './item-search';
import { storedStatuses } from './start-delay';

/**
 * Lists children of a batch in item order. The cursor is the last index of the previous page. A search (`q`) that takes
 * too long returns what it has found and how far it searched; the next request continues from its cursor.
 * @throws `not-found`
 */
export async function listBatchJobs(
  context: Context,
  batchId: string,
  query: ListBatchJobsQuery,
): Promise<{ jobs: JobSummaryDto[]; nextCursor: string | null; searched?: SearchedDto }> {
  requirePermission(context, 'batch.see');
  const [batch] = await loadBatches(context, [batchId]);
  if (!batch) throw notFound('batch', batchId);
  const status = query.status && storedStatuses(batch, query.status);
  const where = [sql`j.batch_id = ${batchId}`];
  const open = status?.filter((s) => !isTerminal(s)) ?? [];
  const ended = status?.filter(isTerminal) ?? [];
  if (status && open.length === 0) where.push(sql`j.outcome = any(${ended}::text[])`);
  else if (status && ended.length === 0) {
    where.push(sql`j.outcome is null and j.status = any(${open}::text[])`);
    // Only enqueued rows can be active or delayed. The limit avoids a scan of a million waiting rows.
    if (!open.includes('pending')) {
      where.push(sql`j.item_index <= (select reach from batch_dispatch where batch_id = ${batchId})`);
    }
  } else if (status) where.push(sql`j.status = any(${status}::text[])`);
  const search = query.q ? itemSearch(query.q, sql`j`) : undefined;
  // A search that reads inputs would find what the caller may not see, letter by letter.
  if (search?.indexed === false) await requireUnredacted(context, 'search in the items of a batch');
  if (search) where.push(search.condition);
  if (query.warned) where.push(sql`j.warnings is not null`);
  const read = async (after: number, upTo: number, most: number): Promise<SummaryRow[]> => {
    const { rows } = await pool().query<SummaryRow>(
      sql`${SUMMARY_SELECT} where ${sql.join(where, ' and ')} and j.item_index > ${after}::int
        and j.item_index <= ${upTo}::int order by j.item_index limit ${most}`,
    );
    return rows;
  };
  const after = query.cursor === undefined ? -1 : Number(query.cursor);
  const found =
    search?.indexed === false
      ? await searchOn(read, after, batch.total - 1, query.limit + 1)
      : { rows: await read(after, MOST_ITEMS, query.limit + 1), reached: null };
  const page = found.rows.slice(0, query.limit);
  const door = await openDoor(context);
  const next = found.rows.length > query.limit ? (page.at(-1)?.item_index ?? null) : found.reached;
  return {
    jobs: page.map((row) => toListedJob(row, door)),
    nextCursor: next === null ? null : String(next),
    ...(search && { searched: { all: next === null, rows: (next ?? batch.total - 1) - after } }),
  };
}

const MOST_ITEMS = 2 ** 31 - 1;
/** Time limit of one search, because inputs can be large. The next request continues from the returned cursor. */
const SEARCH_MS = 2_000;
const FIRST_WINDOW = 20;
const QUICK_MS = 200;

/** Searches items in windows. Each window is larger than the previous one, if that one was fast. */
async function searchOn(
  read: (after: number, upTo: number, most: number) => Promise<SummaryRow[]>,
  from: number,
  end: number,
  most: number,
): Promise<{ rows: SummaryRow[]; reached: number | null }> {
  const began = performance.now();
  const rows: SummaryRow[] = [];
  let [at, size] = [from, FIRST_WINDOW];
  while (at < end && rows.length < most) {
    const asked = performance.now();
    if (asked - began > SEARCH_MS) return { rows, reached: at };
    const upTo = Math.min(end, at + size);
    rows.push(...(await read(at, upTo, most - rows.length)));
    at = upTo;
    const took = performance.now() - asked;
    size = Math.max(1, took < QUICK_MS ? size * 4 : Math.floor((size * QUICK_MS) / took));
  }
  return { rows, reached: null };
}
