import { z } from 'zod';
import { fieldsOf, itemOfForm } from '@/components/ui/schema-fields';
import { type BatchOptions, batchOptions } from '@/lib/contracts/batch-options';
import { effectiveOptions } from '@/lib/contracts/effective-options';
import { toIssues } from '@/lib/contracts/issues';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { steeringOptions } from '@/lib/contracts/steering';
import { type OptionField, type OptionsDraft, withMember } from './batch-options';

type Schema = Record<string, unknown>;

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

/** Those that can be changed after the launch. */
export const STEERING_FIELDS = OPTION_FIELDS.filter(({ name }) => (name.split('.')[0] ?? '') in steeringOptions.shape);

/** A schema with an id is stored in `$defs`. */
function resolve(schema: Schema, root: Schema): Schema {
  const id = typeof schema.$ref === 'string' ? schema.$ref.replace('#/$defs/', '') : undefined;
  return id === undefined ? schema : ((root.$defs as Record<string, Schema>)[id] ?? schema);
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
