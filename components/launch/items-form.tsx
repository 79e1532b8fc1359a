'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { SchemaField } from '@/components/ui/schema-fields';
import { SchemaInput } from '@/components/ui/schema-input';
import type { Draft } from './draft';
import { MAX_COPIES } from './items';

interface ItemsFormProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  fields: readonly SchemaField[];
  issues: Readonly<Record<string, string>>;
}

/** A form for one item, generated from the type's schema, with a number of copies. */
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
