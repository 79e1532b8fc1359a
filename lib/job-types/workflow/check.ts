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

/** Types that a step may not be: a workflow in a workflow could wait for itself. */
const NOT_AS_STEP = new Set(['workflow-execution']);

/** What expressions see, and what the inputs of a step with `forEach` see besides. */
const EVERYWHERE = ['input', 'steps'];
const IN_EACH = [...EVERYWHERE, 'item', 'index'];

const list = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Reading an expression takes time by its length, and by its dots more than that. */
const MAX_LENGTH = 4000;
const MAX_DOTS = 300;
/** Of all expressions of a workflow together. */
const MAX_ALL = { count: 2000, characters: 50_000 };
/** Issues that are reported at most. */
const MAX_ISSUES = 100;

function tooLong(expression: string): string | undefined {
  if (expression.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (expression.split('.', MAX_DOTS + 2).length > MAX_DOTS + 1) return `has more than ${MAX_DOTS} dots`;
  return undefined;
}

const UNCLOSED = `has a \${{ that no }} closes`;

type Path = readonly (string | number)[];

/** Every expression inside of a JSON value, with the path to the text that holds it. */
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

/** The paths to texts in which an expression begins and never ends. */
function unclosedIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return hasUnclosedExpression(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return inner.flatMap(([name, one]) => unclosedIn(one, [...path, name]));
}

/** The expressions of a step, each with its path in it. */
function expressionsOf(step: StepLike): { path: (string | number)[]; expression: string }[] {
  return [
    ...(step.when === undefined ? [] : [{ path: ['when'], expression: step.when }]),
    ...(step.forEach === undefined ? [] : [{ path: ['forEach'], expression: step.forEach }]),
    ...expressionsIn(step.input).map(({ path, expression }) => ({ path: ['input', ...path], expression })),
  ];
}

/** Ids of the steps that must have ended before each step begins. */
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

/** Members and items of the inputs and the output that are searched for expressions. */
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

/** Errors that are known before anything runs: names, types, expressions, and inputs without expressions. */
export function checkSteps(steps: readonly StepLike[], output: unknown): Issue[] {
  const issues: Issue[] = boundsOf(steps, output);
  // Workflows beyond the limits are not read further.
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
      if (!seen.includes(name)) issues.push({ path, message: `looks at “${name}”, and there is only ${list(seen)}` });
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
