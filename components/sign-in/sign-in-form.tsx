'use client';

import { Fingerprint, LogIn } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { signInWithPasskey, startSingleSignOn } from '@/lib/client/mutations/sign-in';
import { CodeForm } from './code-form';
import { PasswordForm } from './password-form';
import { describeFailure, describeProviderError } from './sign-in';

interface SignInFormProps {
  /** where to go afterwards; validated before */
  next: string;
  providers?: readonly { id: string; name: string }[];
  /** whether browsers can use passkeys of this address */
  hasPasskeys?: boolean;
  /** the code with which a provider's sign-in came back */
  failure?: string | undefined;
  /** help below the first step */
  children?: ReactNode;
}

/** Sign-in with e-mail, password and code, with a passkey, or at a provider. */
export function SignInForm({ next, providers = [], hasPasskeys = false, failure, children }: SignInFormProps) {
  const [step, setStep] = useState<'password' | 'code'>('password');
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState(failure ? describeProviderError(failure) : null);
  // A full page load, so that the server renders with the new session.
  const enter = (address = next) => globalThis.location.assign(address);

  const begin = async (name: string, work: () => Promise<string | undefined>, wrong: string) => {
    if (busy) return;
    setBusy(name);
    setProblem(null);
    try {
      enter(await work());
    } catch (error) {
      setBusy(null);
      setProblem(describeFailure(error, wrong));
    }
  };
  const withPasskey = () =>
    begin(
      'passkey',
      () => signInWithPasskey().then(() => undefined),
      'This passkey is not known here. Sign in another way, and add it under Settings, Security.',
    );
  const withProvider = (id: string) =>
    begin(id, () => startSingleSignOn(id, next), 'The provider can’t be reached at the moment. Try again.');

  if (step === 'code') return <CodeForm onDone={enter} onBack={() => setStep('password')} />;
  const others = providers.length > 0 || hasPasskeys;
  return (
    <div className="flex flex-col gap-4">
      {problem ? <Notice tone="error">{problem}</Notice> : null}
      <PasswordForm onDone={enter} onCode={() => setStep('code')} />
      {others ? (
        <div className="flex items-center gap-3 text-muted text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          or
        </div>
      ) : null}
      {hasPasskeys ? (
        <Button className="h-9" busy={busy === 'passkey'} onClick={withPasskey}>
          <Fingerprint /> Sign in with a passkey
        </Button>
      ) : null}
      {providers.map(({ id, name }) => (
        <Button key={id} className="h-9" busy={busy === id} onClick={() => withProvider(id)}>
          <LogIn /> Sign in with {name}
        </Button>
      ))}
      {children ? <div className="mt-2 text-xs">{children}</div> : null}
    </div>
  );
}
