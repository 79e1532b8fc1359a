'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PasswordInput } from '@/components/ui/password-input';
import { useWrongFieldFocus } from '@/components/ui/use-wrong-field-focus';
import { describeError, fieldError, isApiError } from '@/lib/client/api';
import { resetPassword } from '@/lib/client/mutations/account';
import { MIN_PASSWORD_LENGTH } from '@/lib/contracts/bounds';

/** Sets a new password by the token of a link. */
export function ResetForm({ token }: { token: string }) {
  const [busy, setBusy] = useState(false);
  const focus = useWrongFieldFocus(busy);
  const [error, setError] = useState<unknown>(null);
  const [email, setEmail] = useState<string | null>(null);
  const weak = fieldError(error, 'newPassword');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const newPassword = String(new FormData(event.currentTarget).get('password'));
    setBusy(true);
    setError(null);
    try {
      setEmail((await resetPassword({ token, newPassword })).email);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  if (email) {
    return (
      <Notice
        tone="success"
        title="The password was set"
        actions={
          <Button asChild variant="primary">
            <Link href="/sign-in">Sign in</Link>
          </Button>
        }
      >
        All sessions of {email} have ended.
      </Notice>
    );
  }
  return (
    <form {...focus} onSubmit={submit} className="flex flex-col gap-4" aria-label="Set a new password">
      {error && !weak ? (
        <Notice
          tone="error"
          actions={
            isApiError(error, 'link-expired') ? (
              <Button asChild size="sm">
                <Link href="/forgot-password">Ask for a new link</Link>
              </Button>
            ) : undefined
          }
        >
          {describeError(error)}
        </Notice>
      ) : null}
      <Field label="New password" hint={`At least ${MIN_PASSWORD_LENGTH} characters`} error={weak}>
        {(control) => (
          <PasswordInput {...control} name="password" autoComplete="new-password" required autoFocus className="h-9" />
        )}
      </Field>
      <Button type="submit" variant="primary" className="h-9" busy={busy}>
        Set password
      </Button>
    </form>
  );
}
