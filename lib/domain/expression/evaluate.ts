import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { type Answer, MAX_FILLED, type Question } from './answer';
import { ExpressionError, type Limits, MAX_INPUT, whileRunning } from './threads';

/** An expression and what it sees as `$name` beside the input. */
export interface Asked {
  expression: string;
  bindings?: Record<string, unknown>;
}

/** What an expression gave, undefined where it found nothing; or why it gave nothing. */
export type Outcome = { value: unknown } | { error: string };

/**
 * Evaluates expressions over one input, in a thread that is ended at the limit.
 * @throws ExpressionError when one of them reached the limit of time or memory, or the input is too large
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

/** The value of one expression; nothing found is null, as JSON has it. @throws ExpressionError with what to correct */
export async function evaluateOne(input: unknown, expression: string, limits: Limits): Promise<unknown> {
  const [outcome] = await evaluateAll(input, [{ expression }], limits).catch((cause: unknown) => {
    // There is only this one, so its place says nothing.
    throw cause instanceof ExpressionError ? new ExpressionError(cause.message) : cause;
  });
  if (!outcome || 'error' in outcome) throw new ExpressionError(outcome?.error ?? 'gave no answer');
  return outcome.value ?? null;
}

/**
 * A JSON value with what stands in `${{ }}` replaced; with items, one value for each, which sees `item` and `index`.
 * @throws ExpressionError with what to correct, and the item
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

/** @throws ExpressionError beyond what an expression may see */
function textOf(value: unknown): string {
  const text = stringifyJson(value) ?? 'null';
  if (text.length <= MAX_INPUT) return text;
  throw new ExpressionError(`sees more than ${MAX_INPUT / 1024 ** 2} MiB of data, the most that an expression may see`);
}
