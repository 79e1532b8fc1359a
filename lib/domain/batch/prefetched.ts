import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { hintControl } from '@/lib/events/relay';
import { cancelWaiting } from './cancel-waiting';
import { lockDispatch } from './lock-dispatch';

/**
 * A prefetched row is pending and has a consumer, so no other one may run it. Its consumer starts it when a row of the
 * batch that it runs has ended, and no later than this time after it was prefetched, in milliseconds.
 */
export const PREFETCH_MS = 250;
/** After this time no consumer starts what it prefetched before, even if its process was frozen. */
const SETTLED_MS = PREFETCH_MS + 100;
const POLL_MS = 5;

/** SQL condition: a consumer prefetched the job `j`. */
export const IS_PREFETCHED = sql`(j.status = 'pending' and j.consumer_id is not null)`;

/**
 * Waits until the prefetched rows of a batch have started or were returned. Called after a pause or a cancel was written
 * and before it is acknowledged, so that nothing starts later.
 */
export async function prefetchSettled(batchId: string): Promise<void> {
  for (const until = performance.now() + SETTLED_MS; performance.now() < until; await sleep(POLL_MS)) {
    const { rowCount } = await pool().query(
      sql`select 1 from batch_dispatch d join batch b on b.id = d.batch_id
       where d.batch_id = ${batchId} and d.prefetched > b.prefetch_ended`,
    );
    if (!rowCount) return;
  }
}

/**
 * Calls until the answer is not "prefetched": the consumer of the row has started or returned it.
 * @param attempt `last`: no consumer starts the row any more, even if it is still prefetched
 */
export async function whenNotPrefetched<T>(
  attempt: (options: { last: boolean }) => Promise<T | 'prefetched'>,
): Promise<T | 'prefetched'> {
  const until = performance.now() + SETTLED_MS;
  for (;;) {
    const last = performance.now() >= until;
    const answer = await attempt({ last });
    if (answer !== 'prefetched' || last) return answer;
    await sleep(POLL_MS);
  }
}

/**
 * Returns prefetched rows of a batch that have not started: they wait again, at the end of the dispatch order. No
 * attempt and no crash is counted. A row that has started in the meantime, or that another consumer has, is left out.
 * @returns the ids of the returned rows
 */
export async function returnPrefetched(consumerId: number, batchId: string, ids: string[]): Promise<string[]> {
  const returned = await transaction(async ({ db }) => {
    await lockDispatch(db, batchId);
    const { rows: back } = await db.query<{ id: string; cancelling: boolean }>(
      sql`with back as (
         update job j set consumer_id = null, run_at = null, seq = d.last_seq + h.place,
           delivery = greatest(j.attempt, j.delivery + 1)
         from unnest(${ids}::uuid[]) with ordinality as h(id, place),
           batch_dispatch d
         where j.id = h.id and j.consumer_id = ${consumerId} and ${IS_PREFETCHED}
           and d.batch_id = ${batchId} and j.batch_id = d.batch_id
         returning j.id, h.place
       ), tally as (select count(*)::int as rows, coalesce(max(place), 0)::int as last from back
       ), moved as (
         update batch_dispatch d set last_seq = d.last_seq + tally.last, holes = d.holes + tally.last - tally.rows
         from tally where d.batch_id = ${batchId} and tally.rows > 0
       ), counted as (
         update batch b set prefetch_ended = b.prefetch_ended + tally.rows
         from tally where b.id = ${batchId} and tally.rows > 0 returning b.cancel_mode is not null as cancelling
       )
       select back.id, counted.cancelling from back, counted`,
    );
    return back;
  });
  // When the cancel was acknowledged they were not waiting.
  if (returned[0]?.cancelling) await cancelWaiting(batchId, ids.length);
  else if (returned.length > 0) await hintControl({ dispatch: [batchId] });
  return returned.map((row) => row.id);
}
