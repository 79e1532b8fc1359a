import { logger } from '@/lib/config/logger';
import { perProcess } from '@/lib/config/per-process';
import { MAX_COUNTED } from '@/lib/contracts/bounds';
import type { ViewCount, ViewDto } from '@/lib/contracts/view';
import { type Context, may } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openScope, requireQuery } from '@/lib/domain/query/scope';
import { searchBatches, searchFlows } from '@/lib/domain/query/search-batches';
import { searchJobs } from '@/lib/domain/query/search-jobs';
import { audienceOf } from '@/lib/domain/redaction/door';

/** How long a count is shown without being counted again, and how many are kept. */
const CACHE_MS = 5_000;
const CACHE_MAX = 2_000;
/** Milliseconds for one view. */
const VIEW_MS = 100;

interface Entry {
  count: Promise<ViewCount | null>;
  until: number;
}

const cache = perProcess('view-counts', () => new Map<string, Entry>());

/**
 * Returns how many a view finds, for everybody who sees the same at most every few seconds.
 * @param until when `performance.now()` has reached it, only known counts are returned
 * @returns null if the caller may not search so, or it was not counted, whatever the cause: the other views are shown
 */
export async function countView(context: Context, view: ViewDto, until: number): Promise<ViewCount | null> {
  if (!may(context, SEEN[view.of])) return null;
  const known = cache.get();
  const key = [audienceOf(context), view.of, view.query].join('\n');
  const entry = known.get(key);
  if (entry && entry.until > Date.now()) return entry.count;
  if (performance.now() > until) return null;
  if (known.size >= CACHE_MAX) known.clear();
  const count = countFound(context, view);
  known.set(key, { count, until: Date.now() + CACHE_MS });
  return count;
}

const SEARCHES = { jobs: searchJobs, batches: searchBatches, flows: searchFlows };
const SEEN = { jobs: 'job.see', batches: 'batch.see', flows: 'flow.see' } as const;

async function countFound(context: Context, { of, query: text }: ViewDto): Promise<ViewCount | null> {
  try {
    const query = requireQuery(text, of);
    const scope = await openScope(context, query, of);
    const page = { cursor: undefined, limit: MAX_COUNTED, limitMs: VIEW_MS };
    const { ids, nextCursor } = await SEARCHES[of](query, scope, page);
    return { found: ids.length, more: nextCursor !== null };
  } catch (error) {
    // Contents that the caller may not see, a query of an earlier version, or a search that takes too long.
    if (!(error instanceof DomainError)) {
      logger.warn({ err: error, query: text }, 'A view was not counted. It is shown without a count.');
    }
    return null;
  }
}
