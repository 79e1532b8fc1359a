import { type Sql, sql } from '@/lib/db/sql';
import { failureCode, failureKey, failureMessage, reasonOf } from '@/lib/domain/batch/failure-reason';
import { isAnything, literalOf, type Pattern, type Query, type Term } from '@/lib/query/query';
import { isExactly, isExactlyOneOf } from './patterns';

/** SQL condition on a job `j`: it failed for good, and nobody has retried or discarded it. */
export const IS_DEAD = sql`(j.outcome = 'failed' and j.discarded_at is null)`;

/** Whether a query finds dead letters only. */
export const isOfDead = ({ terms }: Query): boolean => terms.some(isDeadTerm);

export const isDeadTerm = (term: Term): boolean =>
  term.field === 'is' && !term.not && term.any.every((state) => literalOf(state) === 'dead');

/** SQL condition: the code of a failed job is one of the patterns. */
export const codeCondition = (any: readonly Pattern[]): Sql =>
  sql`j.outcome = 'failed' and ${isExactlyOneOf(failureCode(sql`j.error`), any)}`;

/** SQL condition: a job failed for this reason. A message is normalized first, so one of them finds its group. */
export function reasonCondition(pattern: Pattern): Sql {
  const reason = reasonOf(failureMessage(sql`j.error`));
  const literal = literalOf(pattern);
  const is =
    literal === undefined
      ? isExactly(reason, pattern)
      : sql`${reason} in (${literal}, ${reasonOf(sql`${literal}::text`)})`;
  return sql`j.outcome = 'failed' and ${is}`;
}

/** Two terms that name one group of failures: `reason:"HTTP # from #" code:http-429`, or `-code:*` for those without a code. */
export interface FailureGroupTerms {
  terms: readonly Term[];
  /** SQL condition on a job `j` that replaces the terms, and that an index answers */
  condition: Sql;
}

/** Finds the terms that name a group of failures. A query may do without. */
export function failureGroupOf({ terms }: Query): FailureGroupTerms | undefined {
  const reason = terms.find((term) => term.field === 'reason' && !term.not);
  const code = terms.find((term) => term.field === 'code' && codeIn(term) !== undefined);
  if (!reason || !code || reason.field !== 'reason') return undefined;
  const text = literalOf(reason.pattern);
  const word = codeIn(code);
  if (text === undefined || word === undefined) return undefined;
  const key = failureKey(word, sql`${text}::text`);
  if (!CHANGEABLE.test(text)) return { terms: [reason, code], condition: sql`j.failure_key = ${key}` };
  // A text that is normalized already is not always the same when it is normalized again.
  const keys = sql`${key}, ${failureKey(word, reasonOf(sql`${text}::text`))}`;
  return { terms: [reason, code], condition: sql`j.failure_key in (${keys})` };
}

/** Texts that may differ from their normalized form. */
const CHANGEABLE = /[0-9"'`]|[a-f]{8}-|.{161}/s;

/** The only code that a term allows; null: those without a code; undefined: it allows several. */
function codeIn(term: Term): string | null | undefined {
  if (term.field !== 'code' || term.any.length !== 1) return undefined;
  const [pattern = []] = term.any;
  if (term.not) return isAnything(pattern) ? null : undefined;
  return literalOf(pattern);
}
