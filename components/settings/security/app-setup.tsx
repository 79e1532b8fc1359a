'use client';

import { type FormEvent, useState } from 'react';
import { encode } from 'uqr';
import { CopyButton } from '@/components/ui/copy-button';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { describeError, isApiError } from '@/lib/client/api';
import { useConfirmApp, useEnrollApp } from '@/lib/client/mutations/sign-in';
import { must } from '@/lib/contracts/must';

/** The setup of an authenticator app: the password, then the code that the app shows for the scanned secret. */
export function AppSetup({ onDone }: { onDone: (recoveryCodes: string[]) => void }) {
  const [given, setGiven] = useState('');
  const enroll = useEnrollApp();
  const confirm = useConfirmApp();
  const enrollment = enroll.data;
  const { error, isPending } = enrollment ? confirm : enroll;
  const isWrongCode = Boolean(enrollment) && isApiError(error) && error.status === 401;
  const message = isWrongCode
    ? 'This code is wrong or came too late. Wait for the next one, and check that the clock of your phone is right.'
    : error
      ? describeError(error)
      : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (enrollment) confirm.mutate(given.replace(/\s/g, ''), { onSuccess: () => onDone(enrollment.backupCodes) });
    else enroll.mutate(given, { onSuccess: () => setGiven('') });
  };
  return (
    <FormDialog
      size="sm"
      title="Set up an authenticator app"
      description={
        enrollment
          ? 'Scan the picture with your app, then type the code that it shows.'
          : 'Any app for time-based codes works. First, your password.'
      }
      confirm={enrollment ? 'Turn on' : 'Continue'}
      busy={isPending}
      onSubmit={submit}
    >
      {enrollment ? (
        <>
          <QrCode text={enrollment.totpURI} />
          <Secret uri={enrollment.totpURI} />
          <Field key="code" label="Code" error={message}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                autoComplete="one-time-code"
                required
                autoFocus
                className="font-mono tracking-widest"
                value={given}
                onChange={(event) => setGiven(event.target.value)}
              />
            )}
          </Field>
        </>
      ) : (
        <Field key="password" label="Your password" error={message}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              required
              autoFocus
              value={given}
              onChange={(event) => setGiven(event.target.value)}
            />
          )}
        </Field>
      )}
    </FormDialog>
  );
}

/** A QR code. It is always dark on light, because not every camera reads an inverted one. */
function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return (
    <svg
      role="img"
      aria-label="QR code for your authenticator app"
      viewBox={`0 0 ${size} ${size}`}
      className="mx-auto size-48 rounded-md bg-white"
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}

function Secret({ uri }: { uri: string }) {
  const secret = must(new URL(uri).searchParams.get('secret'), 'The secret of an authenticator app');
  return (
    <div className="flex flex-col gap-1 text-xs">
      <p className="text-muted">
        If the picture can’t be scanned, type this secret, or <a href={uri}>open it in an app on this device</a>.
      </p>
      <p className="flex items-center gap-1">
        <code className="min-w-0 font-mono [overflow-wrap:anywhere]">{secret.match(/.{1,4}/g)?.join(' ')}</code>
        <CopyButton value={secret} label="Copy secret" />
      </p>
    </div>
  );
}
