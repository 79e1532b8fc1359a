import { Gatherer } from '@/lib/job-types/gatherer';
import type { JobContext } from '@/lib/job-types/job-context';
import { outcomesOf } from '@/lib/job-types/many';

type Item = JobContext<unknown>;

/** The work of many items in one call, as a job file defines it. */
export interface ManyWork {
  runMany(items: Item[]): unknown;
  maxItems: number;
  maxWaitMs: number;
}

/**
 * Returns the work of one item that is done together with other items which this process runs at the same time. Items of
 * two organizations are never in one call.
 */
export function gatherItems({ runMany, maxItems, maxWaitMs }: ManyWork): (item: Item) => Promise<unknown> {
  const gatherer = new Gatherer<Item, unknown>({
    maxWaitMs,
    maxWeight: maxItems,
    call: async (items) => outcomesOf(await runMany(items), items.length),
  });
  return (item) => gatherer.add(item.organizationId, item, item.signal);
}
