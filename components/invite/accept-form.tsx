'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { PasswordInput } from '@/components/ui/password-input';
import { useWrongFieldFocus } from '@/components/ui/use-wrong-field-focus';
import { describeError, fieldError } from '@/lib/client/api';
import { acceptInvitation } from '@/lib/client/mutations/people';
import { signInWithPassword } from '@/lib/client/mutations/sign-in';
import { MIN_PASSWORD_LENGTH } from '@/lib/contracts/bounds';

interface AcceptFormProps {
  id: string;
  token: string;
  email: string;
  organization: string;
  /** whose password is asked for: nobody's, because the person is signed in; of an existing account; of a new one */
  account: 'signed-in' | 'existing' | 'new';
}

/** An existing account may need more than the password to sign in. */
const NEXT = { new: '/', existing: '/sign-in', 'signed-in': '/settings/organization' };

/** Accepts an invitation. A new account gets its name and password here. */
export function AcceptForm({ id, token, email, organization, account }: AcceptFormProps) {
  const [busy, setBusy] = useState(false);
  const focus = useWrongFieldFocus(busy);
  const [error, setError] = useState<unknown>(null);
  const weak = fieldError(error, 'password');
  const badName = fieldError(error, 'name');

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    const [name, password] = [String(form.get('name') ?? '').trim(), String(form.get('password') ?? '')];
    setBusy(true);
    setError(null);
    try {
      await acceptInvitation(id, { token, ...(name ? { name } : {}), ...(password ? { password } : {}) });
      if (account === 'new') await signInWithPassword({ email, password });
      globalThis.location.assign(NEXT[account]);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <form {...focus} onSubmit={submit} className="flex flex-col gap-4" aria-label="Accept the invitation">
      {error && !weak && !badName ? <Notice tone="error">{describeError(error)}</Notice> : null}
      <Field label="E-mail">
        {(control) => <Input {...control} value={email} readOnly autoComplete="username" className="h-9" />}
      </Field>
      {account === 'new' ? (
        <Field label="Your name" error={badName}>
          {(control) => (
            <Input {...control} name="name" autoComplete="name" maxLength={100} required autoFocus className="h-9" />
          )}
        </Field>
      ) : null}
      {account === 'signed-in' ? null : (
        <Field
          label="Password"
          hint={account === 'new' ? `At least ${MIN_PASSWORD_LENGTH} characters` : 'The one that you sign in with'}
          error={weak}
        >
          {(control) => (
            <PasswordInput
              {...control}
              name="password"
              autoComplete={account === 'new' ? 'new-password' : 'current-password'}
              required
              className="h-9"
            />
          )}
        </Field>
      )}
      <Button type="submit" variant="primary" className="h-9" busy={busy}>
        Join {organization}
      </Button>
    </form>
  );
}
