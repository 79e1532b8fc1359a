import { z } from 'zod';
import { DATA_VALUES, LIST_VALUES } from '@/lib/http/limits';

// The largest and most expensive bodies that a schema of the API allows, and some that are no JSON.

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  minimum?: number;
  $ref?: string;
  $defs?: Record<string, Schema>;
}

export const jsonSchema = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;

/** Returns the smallest value that a schema accepts. */
function least(schema: Schema, name = ''): unknown {
  if (name === 'type') return 'diagnostic';
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [one] = schema.anyOf ?? schema.oneOf ?? [];
  if (one) return least(one, name);
  if (schema.format === 'uuid') return '01a22521-3829-726b-be83-ae3a2425ebfb';
  if (schema.type === 'string') return 'x';
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, 1);
  if (schema.type === 'boolean') return true;
  if (schema.type === 'array') return schema.items ? [least(schema.items)] : [];
  const required = schema.required ?? [];
  return Object.fromEntries(required.map((field) => [field, least(schema.properties?.[field] ?? {}, field)]));
}

/** A body in parts. The large ones are made once: memory that is new costs more than what a call does with it. */
export type Body = readonly (string | Uint8Array)[];

export const list = (of: string, size: number): Buffer =>
  Buffer.from(`[${`${of},`.repeat(Math.max(0, size / (of.length + 1) - 1))}${of}]`);

const membersOf = (count: number): Buffer =>
  Buffer.from(`{${Array.from({ length: count }, (_, i) => `"member${i}":0`).join(',')}}`);

/** Returns values of `size` characters that are expensive for code that is not linear. */
const hostile = perSize((size) => ({
  text: Buffer.from(`"${'x'.repeat(size)}"`),
  marks: Buffer.from(`"${'${{ {{'.repeat(size / 6)}"`),
  numbers: list('0', size),
  objects: list('{}', size),
  lists: list('[]', size),
  members: membersOf(size / 16),
  // The maximum number that is accepted.
  dataMembers: membersOf(Math.min(DATA_VALUES - 100, size / 16)),
  dataObjects: list('{}', Math.min(3 * (DATA_VALUES / 2 - 100), size)),
  listObjects: list('{}', Math.min(3 * (LIST_VALUES / 2 - 100), size)),
}));

type Shape = keyof ReturnType<typeof hostile>;

const FOR_TYPE: Record<string, Shape[]> = {
  string: ['marks'],
  array: ['lists', 'dataObjects', 'listObjects'],
  object: ['members', 'dataMembers'],
  boolean: [],
  integer: [],
  number: [],
};

export const notJson = perSize((size) => ({
  'a text that does not end': Buffer.from(`"${'x'.repeat(size - 10)}`),
  'a mistake at the end': Buffer.concat([list('{"a":[1,"b"]}', size - 10), Buffer.from(']')]),
  blanks: Buffer.alloc(size, ' '),
  depth: Buffer.from(`${'['.repeat(300)}${']'.repeat(300)}`),
}));

/** Calls `make` once for each size. */
function perSize<T>(make: (size: number) => T): (size: number) => T {
  const made = new Map<number, T>();
  return (size) => {
    const values = made.get(size) ?? make(size);
    made.set(size, values);
    return values;
  };
}

/** Returns bodies that do not match the schema at all. */
export function strangeBodies(size: number): [string, Body][] {
  return Object.entries({ ...hostile(size), ...notJson(size) }).map(([what, body]) => [what, [body]]);
}

/** Returns bodies that each have one field of the maximum size. */
export function* largeFields(schema: Schema, size: number): Generator<[string, Body]> {
  const base = least(schema) as Record<string, unknown>;
  // Leaves space for the other fields.
  const room = size - 1000;
  for (const [field, inner] of Object.entries(schema.properties ?? {})) {
    const { [field]: _, ...rest } = base;
    const others = JSON.stringify(rest).slice(1, -1);
    const put = (value: Uint8Array): Body => [`{${others ? `${others},` : ''}"${field}":`, value, '}'];
    const shapes = FOR_TYPE[inner.type ?? ''] ?? (['text', 'dataMembers', 'dataObjects'] as const);
    for (const shape of shapes) yield [`${field}: ${shape}`, put(hostile(room)[shape])];
    if (inner.type === 'array') yield [`${field}: many`, put(list(JSON.stringify(least(inner.items ?? {})), room))];
  }
}
