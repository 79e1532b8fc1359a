import type { PreviewItemsAnswer, PreviewItemsBody } from '@/lib/contracts/scheduled-launch';
import { pool } from '@/lib/db/pool';
import { checkItems, type LaunchItem } from '@/lib/domain/batch/check-items';
import { type Context, requirePermission, systemContext } from '@/lib/domain/context';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import { readNow } from '@/lib/domain/schedule/load-schedules';
import { openTable, requireItemsUrl } from './open-items';
import { findQueried, noteOf, requireItemsQuery } from './query-items';

/** A preview answers somebody who waits, so it ends earlier than a launch. */
const FETCH_MS = 20_000;
const SEARCH_MS = 1_500;
const MOST_ROWS = 10_000;

/**
 * Counts what a batch of a schedule would launch at this moment. Nothing is stored.
 * @throws DomainError `forbidden`, `unknown-job-type`, `invalid-query`, `invalid-items` for a table that can't be
 *   fetched or read, and for rows that do not fit the job type
 */
export async function previewItems(
  context: Context,
  { type, url, query }: PreviewItemsBody,
): Promise<PreviewItemsAnswer> {
  requirePermission(context, 'schedule.create');
  requirePermission(context, 'batch.launch');
  await requireAllowedTypes(context, [requireJobType(type)]);
  return { items: query === undefined ? await countTable(url ?? '', type) : await countQueried(context, type, query) };
}

async function countQueried(context: Context, type: string, text: string): Promise<PreviewItemsAnswer['items']> {
  const query = await requireItemsQuery(context, text);
  const note = noteOf(query);
  const at = await readNow(pool());
  const all = systemContext(context.organizationId);
  const { ids, more, ended } = await findQueried(all, { type, query: text, at, limitMs: SEARCH_MS });
  return { count: ids.length, more: more || !ended, ...(note === undefined ? {} : { note }) };
}

async function countTable(url: string, typeName: string): Promise<PreviewItemsAnswer['items']> {
  await requireItemsUrl(url, 'url');
  const { items, close } = await openTable(url, typeName, FETCH_MS);
  try {
    let count = 0;
    for await (const _ of checkItems(requireJobType(typeName), first(items))) count += 1;
    return { count: Math.min(count, MOST_ROWS), more: count > MOST_ROWS };
  } finally {
    close();
  }
}

/** One more than are counted, which says that there are more. */
async function* first(items: AsyncIterable<LaunchItem>): AsyncGenerator<LaunchItem> {
  let rows = 0;
  for await (const item of items) {
    yield item;
    rows += 1;
    if (rows > MOST_ROWS) return;
  }
}
