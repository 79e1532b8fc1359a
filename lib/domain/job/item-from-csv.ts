import { numberOf, parseJson } from '@/lib/contracts/json';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { definitionOf, describeJobType } from '@/lib/job-types/catalogue';

type Schema = Record<string, unknown>;

const NUMBER = /^\s*-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;
const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
]);

/**
 * Returns a function that converts a CSV row to an item: the type's own `fromCsv`, or else a conversion of each cell by
 * the type's schema. A cell that does not fit stays text, so that validation reports it.
 * @throws DomainError `unknown-job-type`
 */
export function itemFromCsv(name: string): (row: Record<string, unknown>) => unknown {
  const type = requireJobType(name);
  const { fromCsv } = definitionOf(type);
  if (fromCsv) return (row) => fromCsv(row as Record<string, string>);
  const kinds = kindsByPath(describeJobType(type).inputSchema);
  return (row) =>
    Object.fromEntries(Object.entries(row).map(([field, cell]) => [field, coerce(cell, kinds.get(field))]));
}

/** Returns the allowed JSON types of each field by its path: `options.limit` is a field of `options`. */
function kindsByPath(schema: Schema, prefix = '', depth = 1): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const part of [schema, ...membersOf(schema)]) {
    for (const [name, inner] of Object.entries((part.properties ?? {}) as Record<string, Schema>)) {
      const path = `${prefix}${name}`;
      found.set(path, new Set([...(found.get(path) ?? []), ...kindsOf(inner)]));
      if (depth >= MAX_DEPTH) continue;
      for (const [below, kinds] of kindsByPath(inner, `${path}.`, depth + 1)) found.set(below, kinds);
    }
  }
  return found;
}

const MAX_DEPTH = 3;

const membersOf = (schema: Schema): Schema[] =>
  [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? (list as Schema[]) : []));

/** Returns the JSON types that a schema allows; none means any. */
function kindsOf(schema: Schema): Set<string> {
  const { type } = schema;
  const own = typeof type === 'string' ? [type] : Array.isArray(type) ? type.map(String) : [];
  return new Set([...own, ...membersOf(schema).flatMap((s) => [...kindsOf(s)])]);
}

function coerce(cell: unknown, kinds: Set<string> = new Set()): unknown {
  // A value from JSON already has its type.
  if (typeof cell !== 'string') return cell;
  const text = cell.trim();
  if ((kinds.has('number') || kinds.has('integer')) && NUMBER.test(text)) return numberOf(text);
  if (kinds.has('boolean') && BOOLEANS.has(text.toLowerCase())) return BOOLEANS.get(text.toLowerCase());
  const mayBeJson = kinds.size === 0 || kinds.has('object') || kinds.has('array');
  if (mayBeJson && /^[[{]/.test(text)) return jsonOr(cell);
  return cell;
}

function jsonOr(cell: string): unknown {
  try {
    return parseJson(cell);
  } catch {
    // Not JSON: it stays text, and the schema checks it.
    return cell;
  }
}
