import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { lockDispatch } from './lock-dispatch';

/** A value that the rows of a batch have, and that one of its options replaces. */
export interface Restated {
  /** earlier values of the option; a row with another one got it by its own call, and keeps it */
  from: number[];
  to: number;
}

/** `batch.restating`: what rows are to have, and the item index up to which they have it. */
export interface Restating {
  maxAttempts?: Restated;
  priority?: Restated;
  after: number;
  /** rows before `after` were locked by the statements of consumers: all are read once more */
  missed?: boolean;
}

/** Rows of one transaction. They are locked only for milliseconds, because consumers claim them meanwhile. */
const CHUNK = 2000;

/** Returns what rows are to have after an option changed, perhaps before an earlier change reached all of them. */
export const restatedBy = (known: Restated | undefined, from: number, to: number): Restated => ({
  from: [...new Set([...(known?.from ?? []), from])].filter((value) => value !== to),
  to,
});

/**
 * Writes changed options into the rows of a batch that may still run, in item order and in small transactions. What is
 * left after `limit` rows is done by a later call.
 */
export async function restateRows(batchId: string, limit: number): Promise<void> {
  for (let seen = 0; seen < limit; seen += CHUNK) if (!(await retrying(() => restateChunk(batchId)))) return;
}

/** @returns false if no row is left */
const restateChunk = (batchId: string): Promise<boolean> =>
  transaction(async ({ db }) => {
    await lockDispatch(db, batchId);
    const { rows } = await db.query<{ restating: Restating | null }>(
      sql`select restating from batch where id = ${batchId}`,
    );
    const restating = rows[0]?.restating;
    if (!restating) return false;
    const next = await restateAfter(db, batchId, restating);
    await db.query(sql`update batch set restating = ${next && JSON.stringify(next)}::json where id = ${batchId}`);
    return next !== null;
  });

/** Rows that a consumer claims or records at the moment are not waited for, because that statement may wait for others. */
async function restateAfter(db: Queryable, batchId: string, restating: Restating): Promise<Restating | null> {
  const { maxAttempts, priority, after } = restating;
  const { rows } = await db.query<{ seen: number; last: number; missed: boolean }>(
    sql`with seen as (
       select id, item_index, outcome is distinct from 'completed' and (max_attempts = any(${maxAttempts?.from ?? []}::int[])
         or priority = any(${priority?.from ?? []}::int[])) as changes
       from job where batch_id = ${batchId} and item_index > ${after} order by item_index limit ${CHUNK}
     ), free as (
       select id from job where id in (select id from seen where changes) for no key update skip locked
     ), restated as (
       update job j set
         max_attempts = case when j.max_attempts = any(${maxAttempts?.from ?? []}::int[]) then ${maxAttempts?.to ?? 0}::int else j.max_attempts end,
         priority = case when j.priority = any(${priority?.from ?? []}::int[]) then ${priority?.to ?? 0}::int else j.priority end
       from free where j.id = free.id returning j.id
     )
     select count(*)::int as seen, coalesce(max(item_index), 0)::int as last,
       count(*) filter (where changes) > (select count(*) from restated) as missed from seen`,
  );
  const { seen = 0, last = 0, missed: now = false } = rows[0] ?? {};
  const missed = now || restating.missed === true;
  if (seen === CHUNK) return { ...restating, after: last, missed };
  return missed ? { ...restating, after: -1, missed: false } : null;
}

/** Goes on with every batch whose rows do not have its changed options yet. */
export async function restateAll(limit: number): Promise<void> {
  const { rows } = await pool().query<{ id: string }>(sql`select id from batch where restating is not null`);
  for (const { id } of rows) await restateRows(id, limit);
}
