import { z } from 'zod';
import { formatDecimal } from '@/components/ui/format';
import { fieldsOf, itemOfForm, type SchemaField } from '@/components/ui/schema-fields';
import { type BatchOptions, batchOptions, effectiveOptions } from '@/lib/contracts/batch-options';
import { toIssues } from '@/lib/contracts/issues';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { isFields } from '@/lib/contracts/json';

type Schema = Record<string, unknown>;

/** Options as typed, keyed by field name (`backoff.delay`); empty = the default. */
export type OptionsDraft = Readonly<Record<string, string>>;

export interface OptionField extends SchemaField {
  /** the meaning of 0, for options that have a word for it */
  zero: string | null;
}

/** The fields of the options form: one for each option of the contract, and for each member of an option with members. */
export const OPTION_FIELDS: readonly OptionField[] = optionFields(z.toJSONSchema(batchOptions, { io: 'input' }), '');

function optionFields(schema: Schema, prefix: string): OptionField[] {
  const properties = resolve(schema, schema).properties as Record<string, Schema>;
  return fieldsOf({ properties }).flatMap((field) => {
    const property = properties[field.name] ?? {};
    if (property.properties) return optionFields(property, `${prefix}${field.name}.`);
    const zero = property['x-zero'];
    return { ...field, name: `${prefix}${field.name}`, zero: typeof zero === 'string' ? zero : null };
  });
}

/** A schema with an id is stored in `$defs`. */
function resolve(schema: Schema, root: Schema): Schema {
  const id = typeof schema.$ref === 'string' ? schema.$ref.replace('#/$defs/', '') : undefined;
  return id === undefined ? schema : ((root.$defs as Record<string, Schema>)[id] ?? schema);
}

/** Returns the text for an empty field: the default that applies. */
export function unsetText(field: OptionField, defaults: JobTypeDefaults): string {
  const value = field.name
    .split('.')
    .reduce<unknown>((from, key) => (from as Schema | undefined)?.[key], effectiveOptions({}, defaults));
  if (value === undefined) return 'none';
  if (value === 0 && field.zero !== null) return field.zero;
  return typeof value === 'number' ? formatDecimal(value / field.scale) : `${String(value)} (default)`;
}

/** Returns the fields with another value of the member at the path; without the member, and what it leaves empty, if it is undefined. */
export function withMember(fields: unknown, [name = '', ...rest]: string[], value: unknown): Schema | undefined {
  const { [name]: before, ...others } = isFields(fields) ? fields : {};
  const next = rest.length > 0 ? withMember(before, rest, value) : value;
  const whole = next === undefined ? others : { ...others, [name]: next };
  return Object.keys(whole).length > 0 ? whole : undefined;
}

/** Parses the typed options. Returns the options, and the errors by field. */
export function readOptions(
  draft: OptionsDraft,
  defaults: JobTypeDefaults,
): { options: BatchOptions; issues: Record<string, string> } {
  const { item, issues } = itemOfForm(OPTION_FIELDS, draft);
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) {
    const [option = '', ...member] = name.split('.');
    // The other members of the option come from the defaults.
    options[option] =
      member.length > 0
        ? withMember(options[option] ?? (effectiveOptions({}, defaults) as Schema)[option], member, value)
        : value;
  }
  const checked = batchOptions.safeParse(options);
  if (!checked.success) for (const { path, message } of toIssues(checked.error)) issues[path] ??= message;
  return { options: checked.success ? checked.data : {}, issues };
}
