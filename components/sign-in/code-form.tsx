'use client';

import { type FormEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { sendCode } from '@/lib/client/mutations/sign-in';
import { describeFailure } from './sign-in';

interface CodeFormProps {
  onDone: () => void;
  onBack: () => void;
}

/** The second step of a sign-in: a code of the authenticator app, or a recovery code. */
export function CodeForm({ onDone, onBack }: CodeFormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const code = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await sendCode(String(new FormData(event.currentTarget).get('code')).replace(/\s/g, ''));
      onDone();
    } catch (failure) {
      setBusy(false);
      setError(
        describeFailure(failure, 'This code is wrong, was used before, or came too late. Wait for the next one.'),
      );
      code.current?.focus();
      code.current?.select();
    }
  };

  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-4" aria-label="Second step">
      {error ? <Notice tone="error">{error}</Notice> : null}
      <Field label="Code" hint="From your authenticator app, or one of your recovery codes">
        {(control) => (
          <Input
            {...control}
            ref={code}
            name="code"
            autoComplete="one-time-code"
            required
            autoFocus
            spellCheck={false}
            className="h-9 font-mono"
          />
        )}
      </Field>
      <Button type="submit" variant="primary" className="h-9" busy={busy}>
        Continue
      </Button>
      <Button variant="link" className="self-start" onClick={onBack}>
        Sign in another way
      </Button>
      <p className="text-muted text-xs">
        Without both, ask whoever runs Batchyard: they can turn off the second step of your account.
      </p>
    </form>
  );
}
