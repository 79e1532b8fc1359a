'use client';

import { type FormEvent, useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { ApiError, describeError, issueSentence } from '@/lib/client/api';
import { useCreateSecret } from '@/lib/client/mutations/system';
import { createSecretBody } from '@/lib/contracts/secret';

interface SecretDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function SecretDialog({ open, onOpenChange }: SecretDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <SecretForm done={() => onOpenChange(false)} /> : null}
    </Dialog>
  );
}

function SecretForm({ done }: { done: () => void }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [hosts, setHosts] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const create = useCreateSecret();
  const inUse = create.error instanceof ApiError && create.error.code === 'name-in-use';

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const list = hosts.split(/[\s,]+/).filter(Boolean);
    const parsed = createSecretBody.safeParse({ name: name.trim(), value, hosts: list, replace: inUse });
    if (!parsed.success) {
      const found = parsed.error.issues.map((issue) => [String(issue.path[0]), issueSentence(issue.message)] as const);
      // Keeps the first error of each field.
      setErrors(Object.fromEntries(found.reverse()));
      return;
    }
    setErrors({});
    create.mutate(parsed.data, { onSuccess: done });
  };

  return (
    <FormDialog
      title="Add secret"
      description="Rows of HTTP calls refer to it by name. Its value is stored encrypted and never shown again."
      confirm={inUse ? `Replace ${name.trim()}` : 'Add secret'}
      busy={create.isPending}
      danger={inUse}
      onSubmit={submit}
      autoComplete="off"
    >
      <Field
        label="Name"
        hint={`Letters, digits and _. Rows refer to it as {{secret:${name.trim() || 'NAME'}}}`}
        error={errors.name}
      >
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              create.reset();
            }}
            className="font-mono"
            spellCheck={false}
            autoFocus
          />
        )}
      </Field>
      <Field label="Value" hint="At least 8 characters" error={errors.value}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Hosts it may be sent to"
        hint="Separated by commas, such as https://api.example.org, https://*.example.org or http://127.0.0.1:9911. Without a scheme: https. * allows any host."
        error={errors.hosts}
      >
        {(control) => (
          <Input {...control} value={hosts} onChange={(event) => setHosts(event.target.value)} spellCheck={false} />
        )}
      </Field>
      {create.error ? (
        <Notice tone={inUse ? 'warning' : 'error'}>
          {inUse
            ? `There is a secret named ${name.trim()} already. Replacing it takes effect with the next call.`
            : describeError(create.error)}
        </Notice>
      ) : null}
    </FormDialog>
  );
}
