'use client';

import type { UseMutationResult } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
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
  const form = useId();
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutation.mutate(password, { onSuccess: onDone });
  };
  return (
    <DialogContent
      size="sm"
      title={title}
      description={consequence}
      footer={
        <>
          <DialogClose asChild>
            <Button>Keep as it is</Button>
          </DialogClose>
          <Button type="submit" form={form} variant={danger ? 'danger' : 'primary'} busy={mutation.isPending}>
            {confirm}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
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
      </form>
    </DialogContent>
  );
}
