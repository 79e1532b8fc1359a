import type { JobSummaryDto, ListBatchJobsQuery } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';
import { pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { SUMMARY_SELECT, type SummaryRow, toListedJob } from '@/lib/domain/job/rows';
import { getBatches } from './get-batch';
import { rowStatuses } from './held-back';
import { itemSearch } from './item-search';

/** Children of a batch in item order. The cursor is the last index of the page before. @throws `not-found` */
export async function listBatchJobs(
  context: Context,
  batchId: string,
  query: ListBatchJobsQuery,
): Promise<{ jobs: JobSummaryDto[]; nextCursor: string | null }> {
  const [batch] = await getBatches(context, [batchId]);
  if (!batch) throw notFound('batch', batchId);
  const status = query.status && rowStatuses(batch, query.status);
  const where = ['j.batch_id = $1'];
  const values: unknown[] = [batchId];
  const add = (condition: (p: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  const open = status?.filter((s) => !isTerminal(s)) ?? [];
  const ended = status?.filter(isTerminal) ?? [];
  if (status && open.length === 0) add((p) => `j.outcome = any(${p}::text[])`, ended);
  else if (status && ended.length === 0) {
    add((p) => `j.outcome is null and j.status = any(${p}::text[])`, open);
    // Only what was handed over can be active or delayed: a million waiting rows are not looked through.
    if (!open.includes('pending'))
      add((p) => `j.item_index <= (select reach from batch_dispatch where batch_id = ${p})`, batchId);
  } else if (status) add((p) => `j.status = any(${p}::text[])`, status);
  if (query.q) {
    const search = itemSearch(query.q, values.length + 1, 'j');
    where.push(search.condition);
    values.push(...search.values);
  }
  if (query.warned) where.push('j.warnings is not null');
  const after = Number(query.cursor);
  if (query.cursor && Number.isInteger(after)) add((p) => `j.item_index > ${p}::int`, after);
  values.push(query.limit + 1);
  const { rows } = await pool().query<SummaryRow>(
    `${SUMMARY_SELECT} where ${where.join(' and ')} order by j.item_index limit $${values.length}`,
    values,
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1)?.item_index;
  return { jobs: page.map((row) => toListedJob(row)), nextCursor: rows.length > query.limit ? String(last) : null };
}
