import { evaluateOne, fillTemplate } from '@/lib/domain/expression/evaluate';

/** What expressions see. */
export interface Scope extends Record<string, unknown> {
  input: unknown;
  /** by id: those that have ended */
  steps: Record<string, { status: string; output: unknown }>;
}

/** Whose work it is, and what ends it. */
export interface Evaluating {
  organizationId: string;
  signal: AbortSignal;
}

const EACH_MS = 2000;
/** Of a step with an expression for each of its items. */
const ALL_MS = 10 * 60 * 1000;

const limits = ({ organizationId, signal }: Evaluating) => ({
  eachMs: EACH_MS,
  allMs: ALL_MS,
  owner: organizationId,
  signal,
});

/** An expression's value; nothing found is null, as JSON has it. @throws ExpressionError with what to correct */
export const evaluate = (job: Evaluating, expression: string, scope: Scope): Promise<unknown> =>
  evaluateOne(scope, expression, limits(job));

/** A JSON value with its expressions replaced. @throws ExpressionError with what to correct */
export const fill = (job: Evaluating, value: unknown, scope: Scope): Promise<unknown> =>
  fillTemplate(value, scope, limits(job));

/** The same for each item of a list. @throws ExpressionError with what to correct, and the item */
export const fillEach = async (job: Evaluating, value: unknown, scope: Scope, items: unknown[]): Promise<unknown[]> =>
  (await fillTemplate(value, scope, limits(job), items)) as unknown[];
