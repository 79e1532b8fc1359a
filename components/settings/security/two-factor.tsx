'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Panel } from '@/components/ui/panel';
import { useDisableApp, useNewRecoveryCodes } from '@/lib/client/mutations/sign-in';
import type { SignInMethods } from '@/lib/contracts/sign-in-methods';
import { AppSetup } from './app-setup';
import { PasswordDialog } from './password-dialog';
import { RecoveryCodesDialog } from './recovery-codes';

const FEW_CODES = 3;

type Step = { at: 'setup' | 'new-codes' | 'turn-off' } | { at: 'codes'; codes: string[] };

interface TwoFactorProps {
  methods: Pick<SignInMethods, 'hasPassword' | 'hasApp' | 'recoveryCodesLeft'>;
}

/** The authenticator app that is asked for after the password: setup, recovery codes, and the end of it. */
export function TwoFactor({ methods: { hasPassword, hasApp, recoveryCodesLeft } }: TwoFactorProps) {
  const router = useRouter();
  const [step, setStep] = useState<Step | null>(null);
  const disable = useDisableApp();
  const renew = useNewRecoveryCodes();
  const close = () => {
    setStep(null);
    disable.reset();
    renew.reset();
    router.refresh();
  };
  return (
    <Panel
      title="Authenticator app"
      actions={<Badge tone={hasApp ? 'accent' : 'neutral'}>{hasApp ? 'On' : 'Off'}</Badge>}
    >
      <div className="flex flex-col items-start gap-3">
        <p className="text-muted text-sm">{describe(hasPassword, hasApp)}</p>
        {hasApp ? (
          <>
            <p className={recoveryCodesLeft <= FEW_CODES ? 'text-sm text-status-partial' : 'text-sm'}>
              {recoveryCodesLeft} of 10 recovery codes left
            </p>
            <div className="flex flex-wrap gap-2">
              <Button onClick={() => setStep({ at: 'new-codes' })}>New recovery codes</Button>
              <Button variant="danger" onClick={() => setStep({ at: 'turn-off' })}>
                Turn off
              </Button>
            </div>
          </>
        ) : hasPassword ? (
          <Button onClick={() => setStep({ at: 'setup' })}>Set up</Button>
        ) : null}
      </div>
      <Dialog open={step?.at === 'setup'} onOpenChange={(open) => open || close()}>
        {step?.at === 'setup' ? <AppSetup onDone={(codes) => setStep({ at: 'codes', codes })} /> : null}
      </Dialog>
      <PasswordDialog
        open={step?.at === 'new-codes'}
        onClose={close}
        title="New recovery codes"
        consequence="The codes that you have now stop working."
        confirm="Make new codes"
        mutation={renew}
        onDone={(codes) => setStep({ at: 'codes', codes })}
      />
      <PasswordDialog
        open={step?.at === 'turn-off'}
        onClose={close}
        title="Turn off the authenticator app"
        consequence="Your password alone will be enough to sign in, and your recovery codes stop working."
        confirm="Turn off"
        danger
        mutation={disable}
        onDone={close}
      />
      <RecoveryCodesDialog codes={step?.at === 'codes' ? step.codes : null} onClose={close} />
    </Panel>
  );
}

function describe(hasPassword: boolean, hasApp: boolean): string {
  if (hasApp) return 'After your password you are asked for a code from your app. A passkey needs no code.';
  if (hasPassword)
    return 'After your password you are asked for a code from an app on your phone, so that the password alone is not enough.';
  return 'Your account has no password. Whoever you sign in with decides whether a second factor is asked for.';
}
