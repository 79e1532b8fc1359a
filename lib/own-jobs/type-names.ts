import type { Manifest } from '@/lib/contracts/own-jobs';
import { describeJobType, offeredTypes } from '@/lib/job-types/catalogue';

type Schema = Record<string, unknown>;

/** Deeper parts of a schema are `unknown`, as are references: schemas of jobs may contain themselves. */
const MAX_DEPTH = 12;

/**
 * The declarations that make the names and inputs of job types known to the compiler. They come from the JSON Schemas, and not
 * from the job files, because a file that launches its own type would be part of its own type.
 */
export function typeDeclarations({ entries }: Pick<Manifest, 'entries'>): string {
  const types = new Map<string, unknown>();
  for (const type of offeredTypes()) types.set(type, describeJobType(type).inputSchema);
  // What a broken file takes is not known; that it is broken is said elsewhere.
  for (const { type, definition } of entries) types.set(type, definition?.inputSchema);
  const lines = [...types].map(([type, schema]) => `    ${JSON.stringify(type)}: ${typeText(schema, 0)};`);
  return `// Written by Batchyard whenever it reads the job files: what enqueue and launch take. Do not edit.
export {};
declare module 'batchyard' {
  interface JobTypes {
${lines.join('\n')}
  }
}
`;
}

/** A JSON Schema as a type of TypeScript; `unknown` where that can't say it. */
function typeText(schema: unknown, depth: number): string {
  if (schema === false) return 'never';
  if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return 'unknown';
  const given = schema as Schema;
  const inner = (part: unknown) => typeText(part, depth + 1);
  if ('const' in given) return literal(given.const);
  if (Array.isArray(given.enum)) return either(given.enum.map(literal));
  const choices = given.anyOf ?? given.oneOf;
  if (Array.isArray(choices)) return either(choices.map(inner));
  if (Array.isArray(given.allOf)) return given.allOf.map((part) => `(${inner(part)})`).join(' & ') || 'unknown';
  if (Array.isArray(given.type)) return either(given.type.map((type) => typeText({ ...given, type }, depth + 1)));
  if (given.type === 'array') return arrayText(given, inner);
  if (given.type === 'object') return objectText(given, inner);
  return PLAIN[String(given.type)] ?? 'unknown';
}

const PLAIN: Record<string, string> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

const literal = (value: unknown): string =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value) ? JSON.stringify(value) : 'unknown';

const either = (types: string[]): string => [...new Set(types)].map((type) => `(${type})`).join(' | ') || 'never';

function arrayText({ prefixItems, items }: Schema, inner: (part: unknown) => string): string {
  if (!Array.isArray(prefixItems)) return `(${inner(items)})[]`;
  const rest = typeof items === 'object' ? [`...(${inner(items)})[]`] : [];
  return `[${[...prefixItems.map(inner), ...rest].join(', ')}]`;
}

function objectText({ properties, required, additionalProperties }: Schema, inner: (part: unknown) => string): string {
  const names = Object.entries((properties ?? {}) as Schema);
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  if (names.length === 0) return isOpen ? `Record<string, ${inner(additionalProperties)}>` : '{}';
  const needed = new Set(Array.isArray(required) ? required : []);
  const members = names.map(([name, part]) => `${JSON.stringify(name)}${needed.has(name) ? '' : '?'}: ${inner(part)}`);
  return `{ ${[...members, ...(isOpen ? ['[name: string]: unknown'] : [])].join('; ')} }`;
}
