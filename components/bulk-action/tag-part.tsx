'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { ApiError } from '@/lib/client/api';
import type { TagChange } from '@/lib/contracts/tag-change';
import { readTags } from '@/lib/contracts/tags';

const issueOf = (error: unknown, field: keyof TagChange): string | undefined =>
  error instanceof ApiError ? error.errors.find(({ path }) => path.startsWith(`tags.${field}`))?.message : undefined;

/** The tags that are added and removed, as they are written. */
export function useTagRules() {
  const [typed, setTyped] = useState({ add: '', remove: '' });
  const tags: TagChange = { add: readTags(typed.add), remove: readTags(typed.remove) };
  return {
    typed,
    setTyped,
    tags,
    /** why there is nothing to preview; null if there is */
    reason: tags.add.length + tags.remove.length === 0 ? 'Write a tag to add or to remove' : null,
    /** whether an error is shown at one of the fields */
    isAbout: (error: unknown): boolean => (issueOf(error, 'add') ?? issueOf(error, 'remove')) !== undefined,
  };
}

interface TagPartProps {
  rules: ReturnType<typeof useTagRules>;
  error: unknown;
  onChange: () => void;
}

/** The tags of a bulk action. A change makes the shown preview invalid. */
export function TagPart({ rules: { typed, setTyped }, error, onChange }: TagPartProps) {
  const change = (next: Partial<typeof typed>) => {
    onChange();
    setTyped({ ...typed, ...next });
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Add tags" hint="separated by commas; found by tag:" error={issueOf(error, 'add')}>
        {(control) => (
          <Input {...control} autoFocus value={typed.add} onChange={(event) => change({ add: event.target.value })} />
        )}
      </Field>
      <Field label="Remove tags" hint="in capital or small letters" error={issueOf(error, 'remove')}>
        {(control) => (
          <Input {...control} value={typed.remove} onChange={(event) => change({ remove: event.target.value })} />
        )}
      </Field>
    </div>
  );
}
