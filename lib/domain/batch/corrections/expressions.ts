import jsonata from 'jsonata';
import type { InputIssue } from '@/lib/contracts/errors';
import { DomainError } from '@/lib/domain/errors';

/** What an expression sees beside the input itself. */
export interface Seen {
  /** what the field holds now */
  value: unknown;
  error: unknown;
  row: number;
}

/** Evaluates one field's expression; undefined takes the field away. @throws Error with what to correct */
export type Evaluate = (input: unknown, seen: Seen) => Promise<unknown>;

/** One evaluation may take this long, nest this deep, and make lists and texts this long. */
const LIMITS = { timeout: 100, stack: 100, sequence: 10_000 };
const MAX_TEXT = 100_000;

/** A pattern can take forever on the right text, and nothing can stop it: there are none. */
class NoPatterns {
  constructor() {
    throw new Error('regular expressions are not available; $contains, $replace and $split take plain text too');
  }
}

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
      errors.push({ path: `set.${field}`, message: explain(cause) });
    }
  }
  const [first] = errors;
  if (!first) return read;
  throw new DomainError('invalid-request', `An expression can't be read: ${first.path}: ${first.message}.`, { errors });
}

function compile(text: string): Evaluate {
  const expression = jsonata(text, { ...LIMITS, RegexEngine: NoPatterns as unknown as RegExpConstructor });
  // Both make much out of little in one step, where no limit is looked at.
  expression.registerFunction('eval', () => refuse('$eval is not available'));
  expression.registerFunction('pad', pad, '<s-ns?:s>');
  expression.assign(EXIT as unknown as string, (_: unknown, _input: unknown, _env: unknown, result: unknown) => {
    if (typeof result === 'string' && result.length > MAX_TEXT)
      refuse(`makes text of more than ${MAX_TEXT} characters`);
  });
  return async (input, { value, error, row }) => {
    try {
      return plain(await expression.evaluate(input, { value, error, row }));
    } catch (cause) {
      throw new Error(explain(cause), { cause });
    }
  };
}

const EXIT = Symbol.for('jsonata.__evaluate_exit');

function refuse(message: string): never {
  throw new Error(message);
}

function pad(text: string, width: number, fill = ' '): string {
  if (Math.abs(width) > MAX_TEXT) refuse(`makes text of more than ${MAX_TEXT} characters`);
  return width < 0 ? text.padStart(-width, fill) : text.padEnd(width, fill);
}

/** Lists of the evaluator carry marks of their own, and functions are no data. */
function plain(value: unknown): unknown {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value, (_, inner: unknown) =>
    isFunction(inner) ? refuse('gives a function, not a value') : inner,
  );
  return text === undefined ? refuse('gives a function, not a value') : JSON.parse(text);
}

const isFunction = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value));

function explain(cause: unknown): string {
  const { message, position } = cause as { message?: string; position?: number };
  const text = (message ?? String(cause)).slice(0, 300).replace(/\.$/, '');
  return position === undefined ? text : `${text} (at character ${position})`;
}
