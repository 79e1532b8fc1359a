import { cellText } from '@/lib/contracts/cell';
import { isObject, parseJson, stringifyJson } from '@/lib/contracts/json';
import { parseExpressions } from '@/lib/contracts/template';
import { compileExpression, type Expression } from './compile';

/** The request to a thread. Inputs and values are sent as JSON text, which is cheap to copy between threads. */
export type Question =
  | {
      kind: 'evaluate';
      input: string;
      asked: { expression: string; bindings?: string | undefined }[];
      eachMs: number;
      most: number;
    }
  | { kind: 'fill'; template: string; scope: string; items?: string; eachMs: number };

/** An expression's value, as JSON; `undefined` if it matched nothing. */
export type ExpressionResult = { value: string | undefined } | { error: string };
export type Answer = { results: ExpressionResult[] } | { filled: string } | { error: string; item?: number };

/** Maximum size of all results of one call, in characters: a larger result fits in no request. */
export const MAX_FILLED = 64 * 1024 ** 2;
/**
 * Maximum size of one filled value, in characters: it becomes the data or the result of a job, which is read at once.
 */
const MAX_VALUE = 10 * 1024 ** 2;
/** Maximum number of cached compiled expressions: a fan-out uses the same few for each of its items. */
const MAX_KNOWN = 200;

type Scope = Record<string, unknown>;

/** Evaluates inside of the thread. It calls `tick` before each step, so that the caller can measure the step's time. */
export class Answerer {
  private readonly known = new Map<string, Expression>();

  constructor(private readonly tick: () => void) {}

  async answer(question: Question): Promise<Answer> {
    try {
      return question.kind === 'evaluate' ? await this.evaluateAll(question) : await this.fillAll(question);
    } catch (cause) {
      return { error: (cause as Error).message };
    }
  }

  private async evaluateAll({ input, asked, eachMs, most }: Question & { kind: 'evaluate' }): Promise<Answer> {
    const results: ExpressionResult[] = [];
    let size = 0;
    const seen: unknown = parseJson(input);
    for (const { expression, bindings } of asked) {
      try {
        const value = await this.evaluate(expression, seen, eachMs, bindings);
        const text = value === undefined ? undefined : stringifyJson(value);
        size += text?.length ?? 0;
        if (size > most) throw new Error(`makes more than ${most / 1024 ** 2} MiB in all`);
        results.push({ value: text });
      } catch (cause) {
        results.push({ error: (cause as Error).message });
      }
    }
    return { results };
  }

  private async fillAll({ template, scope, items, eachMs }: Question & { kind: 'fill' }): Promise<Answer> {
    const form: unknown = parseJson(template);
    const seen = parseJson(scope) as Scope;
    if (items === undefined) return { filled: await this.fillOne(form, seen, eachMs) };
    const filled: string[] = [];
    let size = 0;
    for (const [index, item] of (parseJson(items) as unknown[]).entries()) {
      try {
        const text = await this.fillOne(form, { ...seen, item, index }, eachMs);
        size += text.length;
        if (size > MAX_FILLED) throw new Error(`makes more than ${MAX_FILLED / 1024 ** 2} MiB in all`);
        filled.push(text);
      } catch (cause) {
        return { error: (cause as Error).message, item: index };
      }
    }
    return { filled: `[${filled.join(',')}]` };
  }

  private async fillOne(form: unknown, scope: Scope, eachMs: number): Promise<string> {
    const text = stringifyJson(await this.fill(form, scope, eachMs));
    if (text.length > MAX_VALUE) throw new Error(`makes more than ${MAX_VALUE / 1024 ** 2} MiB`);
    return text;
  }

  private evaluate(text: string, input: unknown, eachMs: number, bindings?: string): Promise<unknown> {
    this.tick();
    const key = `${eachMs} ${text}`;
    const compiled = this.known.get(key) ?? compileExpression(text, eachMs);
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(key, compiled);
    return compiled(input, bindings === undefined ? undefined : (parseJson(bindings) as Scope));
  }

  /**
   * Fills a JSON value: an expression that is the whole text returns any value; inside of a longer text it returns
   * text.
   */
  private async fill(value: unknown, scope: Scope, eachMs: number): Promise<unknown> {
    if (typeof value === 'string') return this.fillText(value, scope, eachMs);
    if (Array.isArray(value)) {
      const list: unknown[] = [];
      for (const inner of value) list.push(await this.fill(inner, scope, eachMs));
      return list;
    }
    if (!isObject(value)) return value;
    const entries: [string, unknown][] = [];
    for (const [name, inner] of Object.entries(value)) entries.push([name, await this.fill(inner, scope, eachMs)]);
    return Object.fromEntries(entries);
  }

  private async fillText(text: string, scope: Scope, eachMs: number): Promise<unknown> {
    const parts = parseExpressions(text);
    const [first] = parts ?? [];
    if (!parts || !first) return text;
    // No match is null, as in JSON.
    if (parts.length === 1 && 'expression' in first)
      return (await this.evaluate(first.expression, scope, eachMs)) ?? null;
    let whole = '';
    for (const part of parts) {
      whole += 'text' in part ? part.text : cellText(await this.evaluate(part.expression, scope, eachMs));
    }
    return whole;
  }
}
