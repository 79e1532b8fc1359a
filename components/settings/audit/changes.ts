import { isFields, stringifyJson } from '@/lib/contracts/json';

/** A field that an action set, with its old and its new value as text; null = it was or is absent. */
export interface Change {
  path: string;
  before: string | null;
  after: string | null;
}

/** Compares two values of an entry, field by field. Fields that stayed the same are left out. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const old = flatten(before);
  const fresh = flatten(after);
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((path) => ({ path, before: old.get(path) ?? null, after: fresh.get(path) ?? null }))
    .filter((change) => change.before !== change.after);
}

/** Returns each field with its path: `options.concurrency`. Lists stay whole. */
function flatten(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (value === undefined || value === null) return found;
  if (!isFields(value)) {
    found.set(path || 'value', typeof value === 'string' ? value : (stringifyJson(value) ?? ''));
    return found;
  }
  for (const [name, inner] of Object.entries(value)) flatten(inner, path ? `${path}.${name}` : name, found);
  return found;
}
