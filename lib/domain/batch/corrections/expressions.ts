import type { InputIssue } from '@/lib/contracts/errors';
import { DomainError } from '@/lib/domain/errors';
import { compileExpression, explainExpression } from '@/lib/domain/expression';

/** What an expression sees beside the input itself. */
export interface Seen {
  /** what the field holds now */
  value: unknown;
  error: unknown;
  row: number;
}

/** Evaluates one field's expression; undefined takes the field away. @throws Error with what to correct */
export type Evaluate = (input: unknown, seen: Seen) => Promise<unknown>;

/** Of one evaluation, by the clock: long enough for a machine that is busy with other things. */
const TIMEOUT_MS = 1000;

/**
 * Reads an expression for each field. The language (JSONata) has no way out to the machine: no eval, no access to
 * anything but the input, and limits on time, depth and size.
 * @throws DomainError `invalid-request` naming the fields whose expressions can't be read
 */
export function readExpressions(set: Record<string, string>): Map<string, Evaluate> {
  const errors: InputIssue[] = [];
  const read = new Map<string, Evaluate>();
  for (const [field, text] of Object.entries(set)) {
    try {
      read.set(field, compile(text));
    } catch (cause) {
      errors.push({ path: `set.${field}`, message: explainExpression(cause) });
    }
  }
  const [first] = errors;
  if (!first) return read;
  throw new DomainError('invalid-request', `An expression can't be read: ${first.path}: ${first.message}.`, { errors });
}

function compile(text: string): Evaluate {
  const evaluate = compileExpression(text, TIMEOUT_MS);
  return (input, { value, error, row }) => evaluate(input, { value, error, row });
}
