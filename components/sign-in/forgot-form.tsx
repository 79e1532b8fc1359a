'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { describeError } from '@/lib/client/api';
import { requestPasswordReset } from '@/lib/client/mutations/account';

/** Asks for a link for a new password, by mail. */
export function ForgotForm() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const email = String(new FormData(event.currentTarget).get('email')).trim();
    setBusy(true);
    setError(null);
    try {
      await requestPasswordReset(email);
      setSentTo(email);
    } catch (failure) {
      setError(describeError(failure));
    }
    setBusy(false);
  };
  if (sentTo) {
    return (
      <Notice tone="success" title="Check your e-mail">
        If {sentTo} has an account here, a link for a new password was sent there. It works once, within an hour.
      </Notice>
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" aria-label="Forgotten password">
      {error ? <Notice tone="error">{error}</Notice> : null}
      <Field label="E-mail">
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" required autoFocus className="h-9" />
        )}
      </Field>
      <Button type="submit" variant="primary" className="h-9" busy={busy}>
        Send a link
      </Button>
    </form>
  );
}
