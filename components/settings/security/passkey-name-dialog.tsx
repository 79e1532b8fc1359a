'use client';

import { type FormEvent, useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';

interface PasskeyNameDialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  initial?: string | undefined;
  /** label of the button, a verb */
  confirm: string;
  busy: boolean;
  error: string | null;
  onConfirm: (name: string) => void;
}

/** Asks for the name of a new passkey, or for another name. */
export function PasskeyNameDialog({ open, onClose, ...form }: PasskeyNameDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(shown) => shown || onClose()}>
      {open ? <NameForm {...form} /> : null}
    </Dialog>
  );
}

function NameForm(props: Omit<PasskeyNameDialogProps, 'open' | 'onClose'>) {
  const { title, description, initial = '', confirm, busy, error, onConfirm } = props;
  const [name, setName] = useState(initial);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) onConfirm(name.trim());
  };
  return (
    <FormDialog
      size="sm"
      title={title}
      {...(description ? { description } : {})}
      confirm={confirm}
      busy={busy}
      onSubmit={submit}
    >
      <Field label="Name" hint="Such as: laptop, phone, security key" error={error ?? undefined}>
        {(control) => (
          <Input
            {...control}
            required
            maxLength={100}
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
