import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { type Answer, MAX_FILLED, type Question } from './answer';
import { ExpressionError, type Limits, MAX_INPUT, whileRunning } from './threads';

/** An expression, and the variables that it can read as `$name`, in addition to the input. */
export interface Asked {
  expression: string;
  bindings?: Record<string, unknown>;
}

/** The result of an expression: its value, undefined if it matched nothing, or its error. */
export type Outcome = { value: unknown } | { error: string };

/**
 * Evaluates expressions over one input, in a thread that is terminated at the limit.
 * @throws ExpressionError if one of them reached the limit of time or memory, or if the input is too large
 */
export async function evaluateAll(input: unknown, asked: Asked[], limits: Limits): Promise<Outcome[]> {
  const answer = await ask(limits, {
    kind: 'evaluate',
    input: textOf(input),
    asked: asked.map(({ expression, bindings }) => ({ expression, bindings: bindings && textOf(bindings) })),
    eachMs: limits.eachMs,
    most: limits.most ?? MAX_FILLED,
  });
  if (!('results' in answer)) throw new ExpressionError('error' in answer ? answer.error : 'gave no answer');
  return answer.results.map((result) =>
    'error' in result ? result : { value: result.value === undefined ? undefined : parseJson(result.value) },
  );
}

/** Returns the value of one expression; no match is null, as in JSON. @throws ExpressionError with what to correct */
export async function evaluateOne(input: unknown, expression: string, limits: Limits): Promise<unknown> {
  const [outcome] = await evaluateAll(input, [{ expression }], limits).catch((cause: unknown) => {
    // There is only one expression, so its index is of no use.
    throw cause instanceof ExpressionError ? new ExpressionError(cause.message) : cause;
  });
  if (!outcome || 'error' in outcome) throw new ExpressionError(outcome?.error ?? 'gave no answer');
  return outcome.value ?? null;
}

/**
 * Fills a JSON template: replaces each `${{ }}` with its value. With items it returns one filled value per item;
 * expressions can read `item` and `index`.
 * @throws ExpressionError with what to correct, and the index of the item
 */
export async function fillTemplate(
  template: unknown,
  scope: Record<string, unknown>,
  limits: Limits,
  items?: unknown[],
): Promise<unknown> {
  const answer = await ask(limits, {
    kind: 'fill',
    template: textOf(template ?? null),
    scope: textOf(scope),
    ...(items && { items: textOf(items) }),
    eachMs: limits.eachMs,
  });
  if ('filled' in answer) return parseJson(answer.filled);
  throw new ExpressionError(
    'error' in answer ? answer.error : 'gave no answer',
    'item' in answer ? answer.item : undefined,
  );
}

const ask = (limits: Limits, question: Question): Promise<Answer> => whileRunning(question, limits);

/** @throws ExpressionError if the input exceeds the maximum size */
function textOf(value: unknown): string {
  const text = stringifyJson(value) ?? 'null';
  if (text.length <= MAX_INPUT) return text;
  throw new ExpressionError(`sees more than ${MAX_INPUT / 1024 ** 2} MiB of data, the most that an expression may see`);
}
