import { readableJson } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';

/** Returns an SQL expression for the error message of a failed row, cut to the length that reasons use. */
export const failureMessage = (error: Sql): Sql =>
  sql`left(coalesce(${readableJson(error)}->>'message', 'unknown'), 300)`;

/** Returns an SQL expression for the error code of a failed row. */
export const failureCode = (error: Sql): Sql => sql`${readableJson(error)}->>'code'`;

export const FAILURE_MESSAGE = failureMessage(sql`error`);
export const FAILURE_CODE = failureCode(sql`error`);

/** Returns an SQL condition on failed rows: they failed for this reason. */
export const failedSo = ({ code, message }: { code: string | null; message: string }): Sql =>
  sql`${FAILURE_CODE} is not distinct from ${code}::text and ${reasonOf(FAILURE_MESSAGE)} = ${reasonOf(sql`${message}::text`)}`;

/**
 * Returns an SQL expression that normalizes a message: numbers, ids and quoted values become `#`. Sentences in a JSON
 * response stay, because they distinguish reasons.
 * @param message an SQL expression
 */
export const reasonOf = (message: Sql): Sql => sql`failure_reason(${message})`;

/**
 * Returns an SQL expression that has the values of `job.failure_key`.
 * @param code null: the failure has no code
 * @param reason a normalized message
 */
export const failureKey = (code: string | null, reason: Sql): Sql =>
  sql`hashtextextended(coalesce(${code}::text, '') || chr(31) || ${reason}, 0)`;
