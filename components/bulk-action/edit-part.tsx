'use client';

import { useMemo, useState } from 'react';
import { EditRules, type Rule } from '@/components/shared/edit-rules';
import { fieldsOf } from '@/components/ui/schema-fields';
import { ApiError } from '@/lib/client/api';
import { useJobTypes } from '@/lib/client/queries/jobs';

const issueOf = (error: unknown, field: string): string | undefined =>
  error instanceof ApiError ? error.errors.find(({ path }) => path === `set.${field.trim()}`)?.message : undefined;

/** The fields that an edit changes, as they are written. */
export function useEditRules() {
  const [rules, setRules] = useState<Rule[]>([{ id: 0, field: '', expression: '' }]);
  const filled = rules.filter(({ field, expression }) => field.trim() !== '' && expression.trim() !== '');
  return {
    rules,
    setRules,
    set: Object.fromEntries(filled.map(({ field, expression }) => [field.trim(), expression])),
    /** why there is nothing to preview; null if there is */
    reason: filled.length === 0 ? 'Choose a field and write its expression' : null,
    /** whether an error is shown at one of the fields */
    isAbout: (error: unknown): boolean => filled.some(({ field }) => issueOf(error, field) !== undefined),
  };
}

interface EditPartProps {
  edit: ReturnType<typeof useEditRules>;
  types: readonly string[];
  error: unknown;
  onChange: () => void;
}

/** The rules of an edit. A change makes the shown preview invalid. */
export function EditPart({ edit: { rules, setRules }, types, error, onChange }: EditPartProps) {
  const { data: known } = useJobTypes();
  const [only, ...others] = new Set(types);
  const schema = others.length === 0 ? known?.find(({ type }) => type === only)?.inputSchema : undefined;
  const fields = useMemo(() => fieldsOf(schema ?? {}), [schema]);
  return (
    <EditRules
      rules={rules}
      fields={fields.map(({ name }) => name)}
      issueOf={(field) => issueOf(error, field)}
      onChange={(next) => {
        // An added rule is empty and changes nothing.
        if (next.length <= rules.length) onChange();
        setRules(next);
      }}
    />
  );
}
