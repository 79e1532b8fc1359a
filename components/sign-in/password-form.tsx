'use client';

import { type FormEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { PasswordInput } from '@/components/ui/password-input';
import { signInWithPassword } from '@/lib/client/mutations/sign-in';
import { describeFailure } from './sign-in';

interface PasswordFormProps {
  onDone: () => void;
  /** the password was right, and a code must follow */
  onCode: () => void;
}

/** The form for e-mail and password. */
export function PasswordForm({ onDone, onCode }: PasswordFormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const password = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const credentials = { email: String(form.get('email')).trim(), password: String(form.get('password')) };
      if (await signInWithPassword(credentials)) onCode();
      else onDone();
    } catch (failure) {
      setBusy(false);
      setError(describeFailure(failure, 'The e-mail address or the password is wrong.'));
      password.current?.focus();
      password.current?.select();
    }
  };

  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-4" aria-label="Sign in">
      {error ? <Notice tone="error">{error}</Notice> : null}
      <Field label="E-mail">
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" required autoFocus className="h-9" />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <PasswordInput
            {...control}
            ref={password}
            name="password"
            autoComplete="current-password"
            required
            className="h-9"
          />
        )}
      </Field>
      <Button type="submit" variant="primary" className="h-9" busy={busy}>
        Sign in
      </Button>
    </form>
  );
}
