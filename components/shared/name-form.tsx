'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { describeError } from '@/lib/client/api';

interface NameFormProps {
  label: string;
  /** the present name */
  name: string;
  /** label of the button, a verb */
  confirm: string;
  autoComplete?: string;
  saving: { isPending: boolean; error: Error | null };
  onSave: (name: string) => void;
}

/** A form for one name. Its button is disabled while the name is unchanged. */
export function NameForm({ label, name: present, confirm, autoComplete, saving, onSave }: NameFormProps) {
  const [name, setName] = useState(present);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(name.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <div className="flex items-end gap-2">
        <Field label={label} className="max-w-96 flex-1">
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={100}
              required
              autoComplete={autoComplete}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" busy={saving.isPending} reason={name.trim() === present ? 'The name is unchanged' : null}>
          {confirm}
        </Button>
      </div>
      {saving.error ? <Notice tone="error">{describeError(saving.error)}</Notice> : null}
    </form>
  );
}
