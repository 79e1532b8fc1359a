import { isExact, numberOf, parseJson, stringifyJson } from '@/lib/contracts/json';

/** A form field, from the part of JSON Schema that job types and options use. */
export interface SchemaField {
  name: string;
  /** label for users; null = show the name */
  label: string | null;
  kind: 'text' | 'long-text' | 'integer' | 'number' | 'boolean' | 'choice' | 'json';
  required: boolean;
  /** what applies while it is empty: `GET by default`; null = nothing */
  standard: string | null;
  /** whether a form shows it at once; false only in a schema that marks its main fields with `x-main` */
  main: boolean;
  description: string | null;
  choices: readonly string[];
  /** bounds of the value */
  min: number | null;
  max: number | null;
  /** typed number × scale = value */
  scale: number;
}

type Schema = Record<string, unknown>;

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const numberOr = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const LONG_TEXT = 500;

function kindOf(schema: Schema): SchemaField['kind'] {
  // A long value without line breaks, such as an address.
  if (schema['x-line'] === true) return 'text';
  if (Array.isArray(schema.enum) && schema.enum.every((value) => typeof value === 'string')) return 'choice';
  switch (schema.type) {
    case 'string':
      return typeof schema.maxLength === 'number' && schema.maxLength > LONG_TEXT ? 'long-text' : 'text';
    case 'integer':
    case 'number':
    case 'boolean':
      return schema.type;
    default:
      return 'json';
  }
}

/** `Delay, seconds` */
function labelOf({ title, 'x-unit': unit }: Schema): string | null {
  if (typeof title !== 'string') return null;
  return typeof unit === 'string' ? `${title}, ${unit}` : title;
}

const isMain = (property: unknown): boolean => isSchema(property) && property['x-main'] === true;

/** Says what the schema fills in, in the unit that a user types. */
function standardOf({ default: value, 'x-scale': scale }: Schema): string | null {
  if (typeof value === 'number')
    return `${(value / (typeof scale === 'number' ? scale : 1)).toLocaleString('en-US')} by default`;
  return typeof value === 'string' || typeof value === 'boolean' ? `${value} by default` : null;
}

/** Returns the fields of an item, in the order of the schema. */
export function fieldsOf(schema: Schema): SchemaField[] {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const marksMain = Object.values(properties).some(isMain);
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isSchema(property)) return [];
    return {
      name,
      label: labelOf(property),
      kind: kindOf(property),
      required: required.has(name),
      standard: standardOf(property),
      main: !marksMain || required.has(name) || isMain(property),
      description: textOr(property['x-hint']) ?? textOr(property.description),
      choices: Array.isArray(property.enum) ? property.enum.map(String) : [],
      min: numberOr(property.minimum),
      max: numberOr(property.maximum),
      scale: typeof property['x-scale'] === 'number' ? property['x-scale'] : 1,
    };
  });
}

const tooManyDigits = (kind: SchemaField['kind']): string =>
  kind === 'integer'
    ? 'must be a whole number up to 9,007,199,254,740,991'
    : 'has more digits than a number of this field can hold';

/** Converts a typed number to the field's value. Rounds away digits that only the multiplication adds. */
function scaled({ kind, scale }: SchemaField, typed: number): number {
  if (scale === 1) return typed;
  return kind === 'integer' ? Math.round(typed * scale) : Math.round(typed * scale * 1e6) / 1e6;
}

const shown = ({ scale }: SchemaField, bound: number): string => (bound / scale).toLocaleString('en-US');

/** Parses the text of one field; returns undefined if it is empty. @throws Error with the validation message */
function typedValue(field: SchemaField, text: string): unknown {
  if (text === '' || (text.trim() === '' && field.kind !== 'text' && field.kind !== 'long-text')) return undefined;
  switch (field.kind) {
    case 'integer':
    case 'number': {
      const digits = text.replaceAll(/[\s,_]/g, '');
      if (!NUMBER.test(digits)) throw new Error('must be a number');
      const typed = numberOf(digits);
      if (isExact(typed)) throw new Error(tooManyDigits(field.kind));
      const value = scaled(field, typed);
      if (field.kind === 'integer' && !Number.isInteger(value)) throw new Error('must be a whole number');
      if (field.min !== null && value < field.min) throw new Error(`must be at least ${shown(field, field.min)}`);
      if (field.max !== null && value > field.max) throw new Error(`must be at most ${shown(field, field.max)}`);
      return value;
    }
    case 'boolean':
      return text === 'true';
    case 'json':
      try {
        return parseJson(text);
      } catch {
        // The text is not JSON. Fields of any type accept a plain word as a string.
        if (/^[[{"]/.test(text.trim())) throw new Error('is not valid JSON');
        return text;
      }
    default:
      return text;
  }
}

/** Returns the item of a filled form, and the errors by field. */
export function itemOfForm(fields: readonly SchemaField[], typed: Readonly<Record<string, string>>) {
  const item: Record<string, unknown> = {};
  const issues: Record<string, string> = {};
  for (const field of fields) {
    try {
      const value = typedValue(field, typed[field.name] ?? '');
      if (value !== undefined) item[field.name] = value;
      else if (field.required) issues[field.name] = 'is required';
    } catch (error) {
      issues[field.name] = error instanceof Error ? error.message : 'cannot be read';
    }
  }
  return { item, issues };
}

/** Returns the validation error of a field's value, as far as the browser can check; null if there is none. */
function valueIssue({ kind, choices, min, max }: SchemaField, value: unknown): string | null {
  switch (kind) {
    case 'integer':
    case 'number':
      if (isExact(value)) return tooManyDigits(kind);
      if (typeof value !== 'number') return `must be a number, not ${wordFor(value)}`;
      if (kind === 'integer' && !Number.isInteger(value)) return 'must be a whole number';
      if (min !== null && value < min) return `must be at least ${min.toLocaleString('en-US')}`;
      return max !== null && value > max ? `must be at most ${max.toLocaleString('en-US')}` : null;
    case 'boolean':
      return typeof value === 'boolean' ? null : `must be true or false, not ${wordFor(value)}`;
    case 'choice':
      return choices.includes(String(value)) ? null : `must be one of ${choices.join(', ')}`;
    case 'text':
    case 'long-text':
      return typeof value === 'string' ? null : `must be text, not ${wordFor(value)}`;
    default:
      return null;
  }
}

function wordFor(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isExact(value)) return 'a number';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object';
}

/** Returns the errors by field of an item in JSON. The server makes the final decision. */
export function itemIssues(fields: readonly SchemaField[], item: unknown): { path: string; message: string }[] {
  if (!isSchema(item)) return [{ path: '', message: `must be an object, not ${wordFor(item)}` }];
  return fields.flatMap((field) => {
    const value = item[field.name];
    if (value === undefined) return field.required ? [{ path: field.name, message: 'is required' }] : [];
    const message = valueIssue(field, value);
    return message ? [{ path: field.name, message }] : [];
  });
}

/** Returns the name of the field for a plain line of text: the longest text field, else any text, else any value. */
export function lineFieldOf(fields: readonly SchemaField[]): string {
  const order: SchemaField['kind'][] = ['long-text', 'text', 'json'];
  return order.map((kind) => fields.find((field) => field.kind === kind)?.name).find(Boolean) ?? fields[0]?.name ?? '';
}

/** Returns the texts of a form for an existing item. Fields that the form does not have are left out. */
export function formOfItem(fields: readonly SchemaField[], item: unknown): Record<string, string> {
  if (!isSchema(item)) return {};
  return Object.fromEntries(
    fields.flatMap(({ name, kind }) => {
      const value = item[name];
      if (value === undefined) return [];
      // Without quotes, a string that looks like JSON would be parsed as JSON later.
      const bare = typeof value === 'string' && (kind !== 'json' || !looksLikeJson(value));
      return [[name, bare ? value : stringifyJson(value)]];
    }),
  );
}

function looksLikeJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return /^\s*[[{"]/.test(text) || text.trim() === '';
  }
}
