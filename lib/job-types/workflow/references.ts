import jsonata from 'jsonata';

/** Represents all steps, for an expression that reads `steps` as a whole. */
export const ALL_STEPS = '*';

/** The error of an expression, or the steps and top-level names that it reads. */
export function referencesOf(expression: string): { steps: string[]; names: string[] } | { error: string } {
  if (expression === '') return { error: 'is an empty expression' };
  try {
    const steps = new Set<string>();
    const names = new Set<string>();
    const ast = jsonata(expression).ast();
    collect(ast, steps, new Set());
    collectNames(ast, names);
    return { steps: [...steps], names: [...names] };
  } catch (cause) {
    const { message, position } = cause as { message?: string; position?: number };
    const where = position === undefined ? '' : ` (at character ${position})`;
    return { error: `is not an expression: ${(message ?? String(cause)).slice(0, 200)}${where}` };
  }
}

/** Collects paths that start with `steps`, with or without `$$.` before it. */
function collect(node: unknown, steps: Set<string>, seen: Set<unknown>): void {
  if (typeof node !== 'object' || node === null || seen.has(node)) return;
  seen.add(node);
  if (Array.isArray(node)) {
    for (const inner of node) collect(inner, steps, seen);
    return;
  }
  const { type, steps: path } = node as { type?: string; steps?: { type?: string; value?: unknown }[] };
  if (type === 'path' && Array.isArray(path)) {
    const at = path[0]?.value === '$' ? 1 : 0;
    if (path[at]?.type === 'name' && path[at]?.value === 'steps') {
      const next = path[at + 1];
      steps.add(next?.type === 'name' && typeof next.value === 'string' ? next.value : ALL_STEPS);
    }
  }
  for (const inner of Object.values(node)) collect(inner, steps, seen);
}

/** Parts that are evaluated in another scope: a filter, a group, a transform. */
const ELSEWHERE = new Set(['group', 'stages', 'predicate', 'pattern', 'update', 'delete']);

/** Returns the names that an expression reads from its scope. Names inside of a path belong to the preceding value. */
function collectNames(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const inner of node) collectNames(inner, names);
    return;
  }
  const { type, steps: path } = node as { type?: string; steps?: { type?: string; value?: unknown }[] };
  if (type !== 'path' || !Array.isArray(path)) {
    for (const [key, inner] of Object.entries(node)) if (!ELSEWHERE.has(key)) collectNames(inner, names);
    return;
  }
  const whole = path[0]?.type === 'variable' && (path[0].value === '$' || path[0].value === '');
  const first = path[whole ? 1 : 0];
  if (first?.type === 'name') names.add(String(first.value));
  else if (!whole) collectNames(first, names);
}
