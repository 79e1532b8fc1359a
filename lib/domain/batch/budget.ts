import type { Budget } from '@/lib/contracts/batch-options';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/**
 * SQL expression on `batch b`: why it is to be paused, because so many items have failed or its attempts cost so much;
 * null if its budget is not spent, or if it has none. The statement that counts them judges it.
 */
export const SPENT_BY_COUNT = sql`(case when b.options->'budget' is not null and b.finished_at is null and b.cancel_mode is null
        and not b.paused then case when b.failed >= (b.options->'budget'->>'failed')::int then 'budget-failed'
          when b.cost_tokens >= (b.options->'budget'->'cost'->>'tokens')::numeric then 'budget-tokens'
          when b.cost_usd >= (b.options->'budget'->'cost'->>'usd')::numeric then 'budget-usd' end end)`;

/** SQL condition on `batch b`: the minutes of its budget have passed. An index has the batches with such a time. */
export const MINUTES_SPENT = sql`(b.budget_until <= now() and b.finished_at is null and b.cancel_mode is null
        and not b.paused and b.status = 'in-progress')`;

/** SQL expression: the minutes of the budget of a batch as an interval, or null. @param batch the table or its alias */
export const minutesOf = (batch: Sql): Sql =>
  sql`make_interval(secs => (${batch}.options->'budget'->>'minutes')::float8 * 60)`;

/**
 * Moves the end of a batch's minutes after they were changed. New ones count from now, or from the start if it has not
 * started. While it is paused they do not pass: the resume adds that time.
 */
export async function moveEnd(
  db: Queryable,
  batchId: string,
  was: Budget | undefined,
  is: Budget | undefined,
): Promise<void> {
  const [before, after] = [was?.minutes ?? null, is?.minutes ?? null];
  await db.query(
    sql`update batch set budget_until = case when ${after}::float8 is null or status <> 'in-progress' then null
       when ${before}::float8 is null or budget_until is null then coalesce(paused_at, now()) + make_interval(secs => ${after}::float8 * 60)
       else budget_until + make_interval(secs => (${after}::float8 - ${before}::float8) * 60) end
     where id = ${batchId}`,
  );
}
