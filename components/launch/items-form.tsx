'use client';

import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Draft } from './draft';
import { MAX_COPIES } from './items';
import type { SchemaField } from './schema';

interface SchemaInputProps {
  field: SchemaField;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function SchemaInput({ field, value, error, onChange }: SchemaInputProps) {
  const { name, kind, required, description, choices, min, max } = field;
  const wide = kind === 'long-text' || kind === 'json';
  return (
    <Field
      label={<span className="font-mono">{name}</span>}
      note={required ? 'required' : undefined}
      hint={description}
      error={error}
      className={wide ? 'sm:col-span-full' : undefined}
    >
      {(control) => {
        if (kind === 'choice' || kind === 'boolean') {
          const options = kind === 'boolean' ? ['true', 'false'] : choices;
          return (
            <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
              <option value="">{required ? 'Choose' : 'not set'}</option>
              {options.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </Select>
          );
        }
        if (wide) {
          return (
            <Textarea
              {...control}
              value={value}
              onChange={(event) => onChange(event.target.value)}
              rows={kind === 'json' ? 3 : 5}
              spellCheck={kind !== 'json'}
              placeholder={kind === 'json' ? 'JSON, or a plain word' : undefined}
              className={kind === 'json' ? 'font-mono text-xs' : undefined}
            />
          );
        }
        const numeric = kind === 'integer' || kind === 'number';
        return (
          <Input
            {...control}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            inputMode={kind === 'integer' ? 'numeric' : kind === 'number' ? 'decimal' : undefined}
            placeholder={
              numeric && min !== null && max !== null ? `${min} to ${max.toLocaleString('en-US')}` : undefined
            }
          />
        );
      }}
    </Field>
  );
}

interface ItemsFormProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  fields: readonly SchemaField[];
  issues: Readonly<Record<string, string>>;
}

/** One item typed into fields made from the type's schema, as many times as wanted. */
export function ItemsForm({ draft, change, fields, issues }: ItemsFormProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Copies" hint="how many items like this" error={issues[' copies']}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={draft.copies}
            placeholder={`1 to ${MAX_COPIES.toLocaleString('en-US')}`}
            onChange={(event) => change(() => ({ copies: event.target.value }))}
          />
        )}
      </Field>
      {fields.map((field) => (
        <SchemaInput
          key={field.name}
          field={field}
          value={draft.form[field.name] ?? ''}
          error={issues[field.name]}
          onChange={(value) => change((now) => ({ form: { ...now.form, [field.name]: value } }))}
        />
      ))}
    </div>
  );
}
