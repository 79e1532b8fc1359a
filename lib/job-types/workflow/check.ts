import { issueMessage } from '@/lib/contracts/issues';
import { holdsMore } from '@/lib/contracts/json';
import { hasUnclosedExpression, parseExpressions } from '@/lib/contracts/template';
import { knownInputs } from './known';
import { ALL_STEPS, referencesOf } from './references';

export interface StepLike {
  id: string;
  type: string;
  when?: string | undefined;
  forEach?: string | undefined;
  input: unknown;
  after?: string[] | undefined;
}

interface Issue {
  path: (string | number)[];
  message: string;
}

/** Types that a step cannot have: a nested workflow could wait for itself. */
const NOT_AS_STEP = new Set(['workflow-execution']);

/** The variables of expressions, and the additional ones of a step with `forEach`. */
const EVERYWHERE = ['input', 'steps'];
const IN_EACH = [...EVERYWHERE, 'item', 'index'];

const list = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Parsing time grows with the length of an expression, and faster with its number of dots. */
const MAX_LENGTH = 4000;
const MAX_DOTS = 300;
/** The limit for all expressions of a workflow together. */
const MAX_ALL = { count: 2000, characters: 50_000 };
/** The maximum number of reported issues. */
const MAX_ISSUES = 100;

function tooLong(expression: string): string | undefined {
  if (expression.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (expression.split('.', MAX_DOTS + 2).length > MAX_DOTS + 1) return `has more than ${MAX_DOTS} dots`;
  return undefined;
}

const UNCLOSED = `has a \${{ that no }} closes`;

type Path = readonly (string | number)[];

/** Returns every expression in a JSON value, with the path of its text. */
function expressionsIn(value: unknown, path: Path = []): { path: Path; expression: string }[] {
  if (typeof value === 'string') {
    return (parseExpressions(value) ?? []).flatMap((p) =>
      'expression' in p ? [{ path, expression: p.expression }] : [],
    );
  }
  if (Array.isArray(value)) return value.flatMap((inner, i) => expressionsIn(inner, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => expressionsIn(inner, [...path, name]));
}

/** Returns the paths of texts with an unclosed expression. */
function unclosedIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return hasUnclosedExpression(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return inner.flatMap(([name, one]) => unclosedIn(one, [...path, name]));
}

/** Returns the expressions of a step with their paths. */
function expressionsOf(step: StepLike): { path: (string | number)[]; expression: string }[] {
  return [
    ...(step.when === undefined ? [] : [{ path: ['when'], expression: step.when }]),
    ...(step.forEach === undefined ? [] : [{ path: ['forEach'], expression: step.forEach }]),
    ...expressionsIn(step.input).map(({ path, expression }) => ({ path: ['input', ...path], expression })),
  ];
}

/** Returns the ids of the steps that must end before each step starts. */
export function dependenciesOf(steps: readonly StepLike[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const step of steps) {
    const needed = new Set(step.after ?? []);
    for (const { expression } of expressionsOf(step)) {
      const read = referencesOf(expression);
      for (const id of 'steps' in read ? read.steps : []) {
        if (id === ALL_STEPS) for (const earlier of found.keys()) needed.add(earlier);
        else needed.add(id);
      }
    }
    found.set(step.id, needed);
  }
  return found;
}

/** Fields of the inputs and the output that are searched for expressions. */
const MAX_VALUES = 20_000;

function boundsOf(steps: readonly StepLike[], output: unknown): Issue[] {
  if (holdsMore([output, steps.map((step) => step.input)], MAX_VALUES)) {
    const message = `and output hold more than ${MAX_VALUES} values in all; put data into input`;
    return [{ path: ['steps'], message }];
  }
  let count = 0;
  let characters = 0;
  const all = [
    ...steps.flatMap((step, i) => expressionsOf(step).map((e) => ({ ...e, path: ['steps', i, ...e.path] }))),
    ...expressionsIn(output).map((e) => ({ ...e, path: ['output', ...e.path] })),
  ];
  for (const { path, expression } of all) {
    count += 1;
    characters += expression.length;
    const message = tooLong(expression);
    if (message) return [{ path, message }];
    if (count > MAX_ALL.count) return [{ path: ['steps'], message: `hold more than ${MAX_ALL.count} expressions` }];
    if (characters > MAX_ALL.characters) {
      return [{ path: ['steps'], message: `hold expressions of more than ${MAX_ALL.characters} characters in all` }];
    }
  }
  return [];
}

/** Finds errors before a run: in names, types, expressions, and inputs without expressions. */
export function checkSteps(steps: readonly StepLike[], output: unknown): Issue[] {
  const issues: Issue[] = boundsOf(steps, output);
  // A workflow beyond the limits is not checked further.
  if (issues.length > 0) return issues;
  const earlier = new Set<string>();
  const checkReferences = (path: (string | number)[], expression: string, message: string, seen: readonly string[]) => {
    const read = referencesOf(expression);
    if ('error' in read) {
      issues.push({ path, message: read.error });
      return;
    }
    for (const id of read.steps)
      if (id !== ALL_STEPS && !earlier.has(id)) issues.push({ path, message: `${message} “${id}”` });
    for (const name of read.names)
      if (!seen.includes(name)) issues.push({ path, message: `uses “${name}”, and there is only ${list(seen)}` });
  };
  for (const [i, step] of steps.entries()) {
    if (issues.length >= MAX_ISSUES) return issues;
    const at = (...path: (string | number)[]) => ['steps', i, ...path];
    if (earlier.has(step.id)) issues.push({ path: at('id'), message: `“${step.id}” is the id of an earlier step` });
    const schema = NOT_AS_STEP.has(step.type) ? undefined : knownInputs.get(step.type);
    if (!schema) issues.push({ path: at('type'), message: `there is no job type “${step.type}” that a step may be` });
    for (const id of step.after ?? []) {
      if (!earlier.has(id)) issues.push({ path: at('after'), message: `there is no earlier step “${id}”` });
    }
    for (const path of unclosedIn(step.input)) issues.push({ path: at('input', ...path), message: UNCLOSED });
    for (const { path, expression } of expressionsOf(step)) {
      const seen = step.forEach !== undefined && path[0] === 'input' ? IN_EACH : EVERYWHERE;
      checkReferences(at(...path), expression, 'there is no earlier step', seen);
    }
    if (schema && expressionsIn(step.input).length === 0) {
      const parsed = schema.safeParse(step.input);
      for (const issue of parsed.success ? [] : parsed.error.issues) {
        issues.push({ path: at('input', ...(issue.path as (string | number)[])), message: issueMessage(issue) });
      }
    }
    earlier.add(step.id);
  }
  for (const path of unclosedIn(output)) issues.push({ path: ['output', ...path], message: UNCLOSED });
  for (const { path, expression } of expressionsIn(output))
    checkReferences(['output', ...path] as (string | number)[], expression, 'there is no step', EVERYWHERE);
  return issues;
}
