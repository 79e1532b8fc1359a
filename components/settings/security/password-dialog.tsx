'use client';

import type { UseMutationResult } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { describeError } from '@/lib/client/api';

interface PasswordDialogProps<T> {
  open: boolean;
  onClose: () => void;
  title: string;
  /** the exact effect, one sentence */
  consequence: string;
  /** label of the button, a verb */
  confirm: string;
  danger?: boolean;
  mutation: UseMutationResult<T, Error, string>;
  onDone: (result: T) => void;
}

/** Asks for the password before a change of how one signs in. */
export function PasswordDialog<T>({ open, onClose, ...form }: PasswordDialogProps<T>) {
  return (
    <Dialog open={open} onOpenChange={(shown) => shown || onClose()}>
      {open ? <PasswordForm {...form} /> : null}
    </Dialog>
  );
}

function PasswordForm<T>(props: Omit<PasswordDialogProps<T>, 'open' | 'onClose'>) {
  const { title, consequence, confirm, danger, mutation, onDone } = props;
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutation.mutate(password, { onSuccess: onDone });
  };
  return (
    <FormDialog
      size="sm"
      title={title}
      description={consequence}
      confirm={confirm}
      cancel="Keep as it is"
      busy={mutation.isPending}
      danger={danger}
      onSubmit={submit}
    >
      <Field label="Your password" error={mutation.error ? describeError(mutation.error) : undefined}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
