import { compileExpression } from '@/lib/domain/expression';
import { partsOf } from '@/lib/job-types/workflow/template';

const TIMEOUT_MS = 2000;

/** What expressions see. */
export interface Scope {
  input: unknown;
  /** by id: those that have ended */
  steps: Record<string, { status: string; output: unknown }>;
  item?: unknown;
  index?: number;
}

/** An expression's value; nothing found is null, as JSON has it. @throws Error with what to correct */
export async function evaluate(expression: string, scope: Scope): Promise<unknown> {
  return (await compileExpression(expression, TIMEOUT_MS)(scope)) ?? null;
}

/** A JSON value with its expressions replaced: alone in a text they give any value, beside others they give text. */
export async function fill(value: unknown, scope: Scope): Promise<unknown> {
  if (typeof value === 'string') return fillText(value, scope);
  if (Array.isArray(value)) return Promise.all(value.map((inner) => fill(inner, scope)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([name, inner]) => [name, await fill(inner, scope)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function fillText(text: string, scope: Scope): Promise<unknown> {
  const parts = partsOf(text);
  const [first] = parts ?? [];
  if (!parts || !first) return text;
  if (parts.length === 1 && 'expression' in first) return evaluate(first.expression, scope);
  const texts = parts.map(async (part) =>
    'text' in part ? part.text : asText(await evaluate(part.expression, scope)),
  );
  return (await Promise.all(texts)).join('');
}

const asText = (value: unknown): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
