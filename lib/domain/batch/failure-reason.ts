import { legible } from '@/lib/domain/legible';

/** An SQL expression for what a failed row says, as far as reasons go. */
export const FAILURE_MESSAGE = `left(coalesce(${legible('error')}->>'message', 'unknown'), 300)`;

/** An SQL expression for its code. */
export const FAILURE_CODE = `${legible('error')}->>'code'`;

/** An SQL condition on failed rows: they failed for this reason. @param code and @param message SQL expressions */
export const failedSo = (code: string, message: string): string =>
  `${FAILURE_CODE} is not distinct from ${code}::text and ${reasonOf(FAILURE_MESSAGE)} = ${reasonOf(`${message}::text`)}`;

/** Numbers, ids and quoted parts of a message don't make a reason of its own. @param message an SQL expression */
export const reasonOf = (message: string): string =>
  `regexp_replace(${message}, '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|"[^"]*"', '#', 'g')`;
