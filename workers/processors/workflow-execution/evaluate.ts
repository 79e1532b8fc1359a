import { evaluateOne, fillTemplate } from '@/lib/domain/expression/evaluate';

/** The variables of an expression. */
export interface Scope extends Record<string, unknown> {
  input: unknown;
  /** ended steps, by id */
  steps: Record<string, { status: string; output: unknown }>;
}

/** The organization of the work, and the signal that aborts it. */
export interface Evaluating {
  organizationId: string;
  signal: AbortSignal;
}

const EACH_MS = 2000;
/** Variables of a step that is evaluated for each item. */
const ALL_MS = 10 * 60 * 1000;

const limits = ({ organizationId, signal }: Evaluating) => ({
  eachMs: EACH_MS,
  allMs: ALL_MS,
  owner: organizationId,
  signal,
});

/** Returns the value of an expression; undefined becomes null, for JSON. @throws ExpressionError with a hint */
export const evaluate = (job: Evaluating, expression: string, scope: Scope): Promise<unknown> =>
  evaluateOne(scope, expression, limits(job));

/** Returns a JSON value with its expressions evaluated. @throws ExpressionError with a hint */
export const fill = (job: Evaluating, value: unknown, scope: Scope): Promise<unknown> =>
  fillTemplate(value, scope, limits(job));

/** Does the same for each item of a list. @throws ExpressionError with a hint and the item */
export const fillEach = async (job: Evaluating, value: unknown, scope: Scope, items: unknown[]): Promise<unknown[]> =>
  (await fillTemplate(value, scope, limits(job), items)) as unknown[];
