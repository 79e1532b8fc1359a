import type { ImportField } from '@/lib/contracts/import';
import { describeJobType, type JobType } from '@/lib/job-types/catalogue';

type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

const MAX_DEPTH = 3;
const known = new Map<JobType, ImportField[]>();

/** Returns the fields of an item that a column can fill, from the schema of the job type. */
export function fieldsOf(type: JobType): ImportField[] {
  const fields = known.get(type) ?? withMain(describeJobType(type).inputSchema);
  known.set(type, fields);
  return fields;
}

/** All fields are main ones, unless the schema marks some with `x-main`: then those and the required ones are. */
function withMain(schema: Schema): ImportField[] {
  const properties = Object.entries(isSchema(schema.properties) ? schema.properties : {});
  const marked = properties.flatMap(([name, property]) => (isSchema(property) && property['x-main'] ? [name] : []));
  return collect(schema, '', true, 1).map((field) => ({
    ...field,
    main: marked.length === 0 || field.required || marked.includes(field.path.split('.')[0] ?? ''),
  }));
}

/** Returns the fields of an object and of nested objects; for a union, the fields of every member. */
function collect(schema: Schema, prefix: string, required: boolean, depth: number): ImportField[] {
  const fields = new Map<string, ImportField>();
  const members = [...list(schema.anyOf), ...list(schema.oneOf)];
  for (const part of [schema, ...list(schema.allOf)]) {
    for (const field of ofProperties(part, prefix, required, depth)) fields.set(field.path, field);
  }
  for (const member of members) {
    for (const field of ofProperties(member, prefix, false, depth)) {
      if (!fields.has(field.path)) fields.set(field.path, field);
    }
  }
  return [...fields.values()];
}

function ofProperties(schema: Schema, prefix: string, parentRequired: boolean, depth: number): ImportField[] {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const needed = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isSchema(property)) return [];
    const path = prefix ? `${prefix}.${name}` : name;
    const required = parentRequired && needed.has(name);
    const inner = depth < MAX_DEPTH ? collect(property, path, required, depth + 1) : [];
    return inner.length > 0 ? inner : [describe(property, path, required)];
  });
}

function describe(schema: Schema, path: string, required: boolean): ImportField {
  const choices = (Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const]).filter(
    (value) => typeof value === 'string' || typeof value === 'number',
  );
  return {
    path,
    kind: choices.length > 0 ? 'choice' : kindOf(schema),
    required,
    main: true,
    description: typeof schema.description === 'string' ? schema.description : null,
    choices: choices.map(String),
  };
}

function kindOf(schema: Schema): ImportField['kind'] {
  const alternatives = [...list(schema.anyOf), ...list(schema.oneOf)].filter((each) => each.type !== 'null');
  const [only, ...more] = alternatives;
  if (only && more.length === 0) return kindOf(only);
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
    case 'boolean':
      return schema.type;
    case 'array':
      return 'list';
    default:
      return 'json';
  }
}
