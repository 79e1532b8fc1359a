import { formatDecimal } from '@/components/ui/format';
import type { SchemaField } from '@/components/ui/schema-fields';
import { effectiveOptions } from '@/lib/contracts/effective-options';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import { isFields } from '@/lib/contracts/json';

type Fields = Record<string, unknown>;

/** Options as typed, keyed by field name (`backoff.delay`); empty = the default. */
export type OptionsDraft = Readonly<Record<string, string>>;

export interface OptionField extends SchemaField {
  /** the meaning of 0, for options that have a word for it */
  zero: string | null;
}

/** Returns a number as a person reads it: in the unit of the label, or the word for 0. */
export const optionInWords = ({ zero, scale }: OptionField, value: number): string =>
  value === 0 && zero !== null ? zero : formatDecimal(value / scale);

/** Returns the text for an empty field: the default that applies. */
export function unsetText(field: OptionField, defaults: JobTypeDefaults): string {
  const value = field.name
    .split('.')
    .reduce<unknown>((from, key) => (from as Fields | undefined)?.[key], effectiveOptions({}, defaults));
  if (value === undefined) return 'none';
  return typeof value === 'number' ? optionInWords(field, value) : `${String(value)} (default)`;
}

/** Returns the fields with another value of the member at the path; without the member, and what it leaves empty, if it is undefined. */
export function withMember(fields: unknown, [name = '', ...rest]: string[], value: unknown): Fields | undefined {
  const { [name]: before, ...others } = isFields(fields) ? fields : {};
  const next = rest.length > 0 ? withMember(before, rest, value) : value;
  const whole = next === undefined ? others : { ...others, [name]: next };
  return Object.keys(whole).length > 0 ? whole : undefined;
}
