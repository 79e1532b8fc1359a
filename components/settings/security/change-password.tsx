'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { PasswordInput } from '@/components/ui/password-input';
import { useWrongFieldFocus } from '@/components/ui/use-wrong-field-focus';
import { describeError, fieldError } from '@/lib/client/api';
import { useChangePassword } from '@/lib/client/mutations/account';
import { MIN_PASSWORD_LENGTH } from '@/lib/contracts/bounds';

/** Changes the password, which ends all other sessions. */
export function ChangePassword() {
  const change = useChangePassword();
  const [different, setDifferent] = useState(false);
  const focus = useWrongFieldFocus(change.isPending);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const newPassword = String(form.get('new'));
    const isRepeated = newPassword === String(form.get('again'));
    setDifferent(!isRepeated);
    if (!isRepeated) return;
    change.mutate({ currentPassword: String(form.get('current')), newPassword }, { onSuccess: () => element.reset() });
  };
  const current = fieldError(change.error, 'currentPassword');
  const fresh = fieldError(change.error, 'newPassword');
  return (
    <Panel title="Password">
      <form {...focus} onSubmit={submit} className="flex max-w-96 flex-col gap-4" aria-label="Change the password">
        <Field label="Current password" error={current}>
          {(control) => <PasswordInput {...control} name="current" autoComplete="current-password" required />}
        </Field>
        <Field
          label="New password"
          hint={`At least ${MIN_PASSWORD_LENGTH} characters. Some words that nobody would put together are best.`}
          error={fresh}
        >
          {(control) => <PasswordInput {...control} name="new" autoComplete="new-password" required />}
        </Field>
        <Field label="New password again" error={different ? 'The two passwords differ' : null}>
          {(control) => <PasswordInput {...control} name="again" autoComplete="new-password" required />}
        </Field>
        {change.error && !current && !fresh ? <Notice tone="error">{describeError(change.error)}</Notice> : null}
        {change.data ? (
          <Notice tone="success">
            The password was changed. {endedWords(change.data.ended)} Programs with API keys go on.
          </Notice>
        ) : null}
        <Button type="submit" variant="primary" className="self-start" busy={change.isPending}>
          Change password
        </Button>
      </form>
    </Panel>
  );
}

const endedWords = (ended: number): string =>
  ended === 0 ? 'You had no other session.' : `${ended} other ${ended === 1 ? 'session has' : 'sessions have'} ended.`;
