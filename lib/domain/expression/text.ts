import type { Expression } from 'jsonata';
import { isExact, isObject, stringifyJson } from '@/lib/contracts/json';

/** A function name that no expression can contain. */
const OURS = 'as text';

/** Makes `&` and `$string` keep all digits of numbers that JSONata's own conversion would reject. */
export function keepDigits(expression: Expression): void {
  expression.registerFunction('string', text, '<x-b?:s>');
  expression.registerFunction(OURS, (value: unknown) => text(value));
  wrapOperands(expression.ast(), new Set());
}

interface Node {
  type?: string;
  value?: unknown;
  position?: number;
  lhs?: unknown;
  rhs?: unknown;
}

/** Wraps the operands of every `&` in the syntax tree in a conversion to text. */
function wrapOperands(node: unknown, seen: Set<object>): void {
  if (typeof node !== 'object' || node === null || seen.has(node)) return;
  seen.add(node);
  for (const inner of Object.values(node)) wrapOperands(inner, seen);
  const at = node as Node;
  if (at.type !== 'binary' || at.value !== '&') return;
  at.lhs = asText(at.lhs, at.position);
  at.rhs = asText(at.rhs, at.position);
}

const asText = (operand: unknown, position: number | undefined) => ({
  type: 'function',
  value: '(',
  position,
  arguments: [operand],
  procedure: { type: 'variable', value: OURS, position },
});

function text(value: unknown, prettify = false): unknown {
  if (value === undefined || typeof value === 'string') return value;
  if (isExact(value)) return String(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error('makes text of a number that is not finite');
  const whole = Array.isArray(value) && 'outerWrapper' in value ? value[0] : value;
  const written = rounded(whole);
  return written === undefined || written === '' ? '' : stringifyJson(written, prettify ? 2 : undefined);
}

/** Rounds as JSONata does: fractions to 15 digits; functions become empty. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) return Number(value.toPrecision(15));
  if (isFunction(value)) return '';
  if (Array.isArray(value)) return value.map(rounded);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}

/** Returns whether a value is a function: a built-in one of JSONata, or one that an expression defines. */
export const isFunction = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value));
