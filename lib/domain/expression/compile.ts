import jsonata from 'jsonata';
import { isObject } from '@/lib/contracts/json';
import { isFunction, keepDigits } from './text';

/** Evaluates over an input, with bindings that the expression reads as `$name`. @throws Error with what to correct */
export type Expression = (input: unknown, bindings?: Record<string, unknown>) => Promise<unknown>;

/** Limits of one evaluation: its depth, the length of its lists, and the characters of its texts. */
const LIMITS = { stack: 100, sequence: 10_000 };
const MAX_TEXT = 100_000;

/**
 * Regular expressions are disabled: backtracking may take forever on some inputs (ReDoS), and cannot be interrupted.
 */
class NoPatterns {
  constructor() {
    throw new Error('regular expressions are not available; $contains, $replace and $split take plain text too');
  }
}

// Of a RegExp constructor JSONata only uses `new`, which throws here.
const reader = (text: string, timeout: number) =>
  jsonata(text, { ...LIMITS, timeout, RegexEngine: NoPatterns as unknown as RegExpConstructor });

/** Parses an expression without evaluating it, which is fast. @throws an error for `explainExpression` */
export function readExpression(text: string): void {
  reader(text, 0);
}

/**
 * Compiles an expression. The language (JSONata) is a sandbox: no eval, no access beyond the input, and limits on time,
 * depth and size. It checks the time limit only between steps, so it runs in a thread.
 * @throws an error for `explainExpression`
 */
export function compileExpression(text: string, timeoutMs: number): Expression {
  const expression = reader(text, timeoutMs);
  // Both can create very large results in one step, in which no limit is checked.
  expression.registerFunction('eval', () => refuse('$eval is not available'));
  expression.registerFunction('pad', pad, '<s-ns?:s>');
  keepDigits(expression);
  // JSONata reads this hook under a symbol, for which its types have no place.
  expression.assign(EXIT as unknown as string, (_: unknown, _input: unknown, _env: unknown, result: unknown) => {
    if (typeof result === 'string' && result.length > MAX_TEXT)
      refuse(`makes text of more than ${MAX_TEXT} characters`);
  });
  return async (input, bindings) => {
    try {
      return plain(await expression.evaluate(input, bindings));
    } catch (cause) {
      throw new Error(explainExpression(cause), { cause });
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

/** Converts to plain JSON: lists of the evaluator have properties of their own, and functions are not data. */
function plain(value: unknown): unknown {
  if (isFunction(value)) return refuse('gives a function, not a value');
  if (Array.isArray(value)) return Array.from(value, (inner) => plain(inner) ?? null);
  if (!isObject(value)) return typeof value === 'number' && !Number.isFinite(value) ? null : value;
  const members = Object.entries(value).map(([key, inner]): [string, unknown] => [key, plain(inner)]);
  return Object.fromEntries(members.filter(([, inner]) => inner !== undefined));
}

/** JSONata's own functions compute with doubles, and some write JSON. */
const NO_DOUBLE =
  'computes with a number that has more digits than expressions hold; it can be copied, or made text with &';

/** Returns what is wrong with an expression, and where. */
export function explainExpression(cause: unknown): string {
  const { message, position } = cause as { message?: string; position?: number };
  const text =
    cause instanceof TypeError && /BigInt|stringifyJson/.test(message ?? '')
      ? NO_DOUBLE
      : (message ?? String(cause)).slice(0, 300).replace(/\.$/, '');
  return position === undefined ? text : `${text} (at character ${position})`;
}
