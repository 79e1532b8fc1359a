import jsonata from 'jsonata';

/** Stands for all steps, where an expression looks at `steps` as a whole. */
export const ALL_STEPS = '*';

/** What is wrong with an expression, or the steps that it looks at. */
export function referencesOf(expression: string): { steps: string[] } | { error: string } {
  if (expression === '') return { error: 'is an empty expression' };
  try {
    const steps = new Set<string>();
    collect(jsonata(expression).ast(), steps, new Set());
    return { steps: [...steps] };
  } catch (cause) {
    const { message, position } = cause as { message?: string; position?: number };
    const where = position === undefined ? '' : ` (at character ${position})`;
    return { error: `is not an expression: ${(message ?? String(cause)).slice(0, 200)}${where}` };
  }
}

/** Looks for paths that begin with `steps`, with or without `$$.` before it. */
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
