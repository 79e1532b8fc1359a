'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** A field of failed items, and the expression for its new value. */
export interface Rule {
  id: number;
  field: string;
  expression: string;
}

interface EditRulesProps {
  rules: readonly Rule[];
  /** the fields of the job type, to choose from */
  fields: readonly string[];
  /** returns the error in the expression of a field */
  issueOf: (field: string) => string | undefined;
  onChange: (rules: Rule[]) => void;
}

/** The rules of an edit, one line for each. */
export function EditRules({ rules, fields, issueOf, onChange }: EditRulesProps) {
  const change = (id: number, changes: Partial<Rule>): void =>
    onChange(rules.map((rule) => (rule.id === id ? { ...rule, ...changes } : rule)));
  return (
    <div className="flex flex-col gap-2">
      {rules.map(({ id, field, expression }, i) => (
        <div
          key={id}
          className="grid grid-cols-[minmax(0,1fr)_2rem] items-start gap-2 sm:grid-cols-[12rem_minmax(0,1fr)_2rem]"
        >
          <Field label={<span className={i > 0 ? 'sr-only' : undefined}>Field</span>}>
            {(control) => (
              <Input
                {...control}
                list="fields-of-type"
                value={field}
                spellCheck={false}
                autoCapitalize="off"
                className="font-mono text-xs"
                onChange={(event) => change(id, { field: event.target.value })}
              />
            )}
          </Field>
          <Field
            label={<span className={i > 0 ? 'sr-only' : undefined}>New value</span>}
            error={issueOf(field)}
            className="max-sm:col-span-full max-sm:row-start-2"
          >
            {(control) => (
              <Input
                {...control}
                value={expression}
                spellCheck={false}
                autoCapitalize="off"
                className="font-mono text-xs"
                placeholder={'$replace($value, "http:", "https:")'}
                maxLength={1000}
                onChange={(event) => change(id, { expression: event.target.value })}
              />
            )}
          </Field>
          <Button
            variant="ghost"
            size="icon"
            aria-label={`Do not change ${field || 'this field'}`}
            className={i === 0 ? 'mt-5' : 'mt-1'}
            reason={rules.length === 1 ? 'At least one field must change' : null}
            onClick={() => onChange(rules.filter((rule) => rule.id !== id))}
          >
            <X />
          </Button>
        </div>
      ))}
      <datalist id="fields-of-type">
        {fields.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <Button
          size="sm"
          variant="ghost"
          onClick={() => onChange([...rules, { id: (rules.at(-1)?.id ?? 0) + 1, field: '', expression: '' }])}
        >
          <Plus /> Another field
        </Button>
        <p className="text-muted text-xs">
          JSONata: <code className="font-mono">$value</code> is the field as it is, other fields go by their names,{' '}
          <code className="font-mono">$error.message</code> is the reason, <code className="font-mono">"text"</code> a
          text. An expression without a result removes the field.
        </p>
      </div>
    </div>
  );
}
