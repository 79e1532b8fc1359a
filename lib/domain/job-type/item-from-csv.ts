import { requireJobType } from '@/lib/domain/job/require-job-type';
import { definitionOf, describeJobType } from '@/lib/job-types';

type Schema = Record<string, unknown>;

const NUMBER = /^\s*-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;
const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
]);

/**
 * How a row of a CSV becomes an item of this type: by the type's own `fromCsv`, else cell by cell after its schema.
 * A cell that does not fit stays text, so that validation says what is wrong with it.
 * @throws DomainError `unknown-job-type`
 */
export function itemFromCsv(name: string): (row: Record<string, string>) => unknown {
  const type = requireJobType(name);
  const { fromCsv } = definitionOf(type);
  if (fromCsv) return fromCsv;
  const properties = (describeJobType(type).inputSchema.properties ?? {}) as Record<string, Schema>;
  const kinds = new Map(Object.entries(properties).map(([field, schema]) => [field, kindsOf(schema)]));
  return (row) =>
    Object.fromEntries(Object.entries(row).map(([field, cell]) => [field, coerce(cell, kinds.get(field))]));
}

/** The JSON types a schema allows; none means any. */
function kindsOf(schema: Schema): Set<string> {
  const { type } = schema;
  const own = typeof type === 'string' ? [type] : Array.isArray(type) ? type.map(String) : [];
  const inner = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) =>
    Array.isArray(list) ? (list as Schema[]) : [],
  );
  return new Set([...own, ...inner.flatMap((s) => [...kindsOf(s)])]);
}

function coerce(cell: string, kinds: Set<string> = new Set()): unknown {
  const text = cell.trim();
  if ((kinds.has('number') || kinds.has('integer')) && NUMBER.test(text)) return Number(text);
  if (kinds.has('boolean') && BOOLEANS.has(text.toLowerCase())) return BOOLEANS.get(text.toLowerCase());
  const mayBeJson = kinds.size === 0 || kinds.has('object') || kinds.has('array');
  if (mayBeJson && /^[[{]/.test(text)) return jsonOr(cell);
  return cell;
}

function jsonOr(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    // Not JSON after all: it stays text, and the schema judges it.
    return cell;
  }
}
