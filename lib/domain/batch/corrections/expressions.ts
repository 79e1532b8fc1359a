import type { InputIssue } from '@/lib/contracts/errors';
import { DomainError } from '@/lib/domain/errors';
import { explainExpression, readExpression } from '@/lib/domain/expression/compile';
import { evaluateAll } from '@/lib/domain/expression/evaluate';
import { ExpressionError } from '@/lib/domain/expression/threads';

/** The values that the expressions of one row can read, and their time limit. */
export interface Seen {
  input: Record<string, unknown>;
  error: unknown;
  row: number;
  /** milliseconds for all of the row's expressions together */
  leftMs: number;
  owner: string;
}

/** Time limit of one evaluation in wall-clock time, so it must be long enough for a busy machine. */
const TIMEOUT_MS = 1000;
/** Maximum JSON output of one row's expressions, in characters: parsing it blocks the event loop. */
const MAX_MADE = 1024 ** 2;

/**
 * Checks that the expression of each field can be parsed.
 * @throws DomainError `invalid-request` with the fields whose expressions can't be parsed
 */
export function readExpressions(set: Record<string, string>): [field: string, expression: string][] {
  const fields = Object.entries(set);
  const errors: InputIssue[] = [];
  for (const [field, text] of fields) {
    try {
      readExpression(text);
    } catch (cause) {
      errors.push({ path: `set.${field}`, message: explainExpression(cause) });
    }
  }
  const [first] = errors;
  if (!first) return fields;
  throw new DomainError('invalid-request', `An expression can't be read: ${first.path}: ${first.message}.`, { errors });
}

/** Returns a row's input with the new values of the fields; undefined removes a field. Errors are added to `issues`. */
export async function changeFields(
  fields: [field: string, expression: string][],
  { input, error, row, leftMs, owner }: Seen,
  issues: InputIssue[],
): Promise<Record<string, unknown>> {
  const next = { ...input };
  const asked = fields.map(([field, expression]) => ({ expression, bindings: { value: input[field], error, row } }));
  const limits = { eachMs: TIMEOUT_MS, allMs: leftMs, most: MAX_MADE, owner };
  let at = 0;
  try {
    for (const outcome of await evaluateAll(input, asked, limits)) {
      const [field = ''] = fields[at] ?? [];
      at += 1;
      if ('error' in outcome) issues.push({ path: field, message: outcome.error });
      else if (outcome.value === undefined) delete next[field];
      else next[field] = outcome.value;
    }
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    issues.push({ path: fields[cause.item ?? 0]?.[0] ?? '', message: cause.message });
  }
  return next;
}
