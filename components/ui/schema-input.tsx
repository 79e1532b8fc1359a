'use client';

import { Field } from './field';
import { Input, Textarea } from './input';
import type { SchemaField } from './schema-fields';
import { Select } from './select';

interface SchemaInputProps {
  field: SchemaField;
  value: string;
  error: string | undefined;
  /** the value that applies while the field is empty */
  unset?: string;
  onChange: (value: string) => void;
  /** the focus has left the control */
  onLeave?: () => void;
}

/** A control for one field of a schema: of an item, or of the launch options. */
export function SchemaInput({
  field,
  value,
  error,
  unset = field.standard ?? undefined,
  onChange,
  onLeave,
}: SchemaInputProps) {
  const { name, label, kind, required, description, choices, min, max, scale } = field;
  const wide = kind === 'long-text' || kind === 'json';
  return (
    <Field
      label={label ?? <span className="font-mono">{name}</span>}
      note={required ? 'required' : undefined}
      hint={description}
      error={error}
      className={wide ? 'sm:col-span-full' : undefined}
    >
      {(control) => {
        if (kind === 'choice' || kind === 'boolean') {
          const options = kind === 'boolean' ? ['true', 'false'] : choices;
          return (
            <Select {...control} value={value} onBlur={onLeave} onChange={(event) => onChange(event.target.value)}>
              <option value="">{unset ?? (required ? 'Choose' : 'not set')}</option>
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
              onBlur={onLeave}
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
            onBlur={onLeave}
            onChange={(event) => onChange(event.target.value)}
            inputMode={numeric ? (kind === 'integer' && scale === 1 ? 'numeric' : 'decimal') : undefined}
            placeholder={
              unset ??
              (numeric && min !== null && max !== null ? `${min} to ${max.toLocaleString('en-US')}` : undefined)
            }
          />
        );
      }}
    </Field>
  );
}
