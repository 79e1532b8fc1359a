'use client';

import { Fingerprint, Pencil, Plus, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Panel } from '@/components/ui/panel';
import { EmptyState } from '@/components/ui/states';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useAddPasskey, useDeletePasskey, useRenamePasskey } from '@/lib/client/mutations/sign-in';
import type { PasskeyDto, SignInMethods } from '@/lib/contracts/sign-in-methods';
import { PasskeyNameDialog } from './passkey-name-dialog';

type Step = { at: 'add' } | { at: 'rename' | 'remove'; passkey: PasskeyDto };

/** The passkeys of the person: added on this device, named, removed. */
export function Passkeys({ methods }: { methods: Pick<SignInMethods, 'passkeys' | 'passkeysUnavailable'> }) {
  const router = useRouter();
  const [step, setStep] = useState<Step | null>(null);
  const add = useAddPasskey();
  const rename = useRenamePasskey();
  const remove = useDeletePasskey();
  const close = () => {
    setStep(null);
    for (const mutation of [add, rename, remove]) mutation.reset();
  };
  const done = () => {
    close();
    router.refresh();
  };
  const { passkeys, passkeysUnavailable } = methods;
  const button = (
    <Button size="sm" reason={passkeysUnavailable} onClick={() => setStep({ at: 'add' })}>
      <Plus /> Add passkey
    </Button>
  );
  const removed = step?.at === 'remove' ? step.passkey : null;
  const renamed = step?.at === 'rename' ? step.passkey : null;
  return (
    <Panel title="Passkeys" flush actions={passkeys.length > 0 ? button : undefined}>
      {passkeys.length === 0 ? (
        <EmptyState icon={<Fingerprint />} title="No passkeys yet" actions={button} className="py-6">
          A passkey signs you in with your fingerprint, your face or a PIN. It needs no password and no code.
          {passkeysUnavailable ? ` ${passkeysUnavailable}` : ''}
        </EmptyState>
      ) : (
        <ul aria-label="Passkeys">
          {passkeys.map((passkey) => (
            <li
              key={passkey.id}
              className="flex min-h-(--row) items-center gap-3 border-b px-3 py-1 last:border-b-0 max-sm:min-h-12"
            >
              <span className="min-w-0 flex-1 truncate text-sm" title={passkey.name}>
                {passkey.name}
              </span>
              <span className="shrink-0 text-muted text-xs max-sm:hidden">
                {passkey.synced ? 'Synced' : 'On one device'}
              </span>
              {passkey.createdAt ? (
                <span className="shrink-0 text-muted text-xs">
                  <Time at={passkey.createdAt} />
                </span>
              ) : null}
              <span className="flex shrink-0 pointer-coarse:gap-3">
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Rename ${passkey.name}`}
                  onClick={() => setStep({ at: 'rename', passkey })}
                >
                  <Pencil />
                </Button>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Remove ${passkey.name}`}
                  onClick={() => setStep({ at: 'remove', passkey })}
                >
                  <Trash2 />
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <PasskeyNameDialog
        open={step?.at === 'add'}
        onClose={close}
        title="Add a passkey"
        description="Name it after the device or the app that keeps it. Your browser asks for the rest."
        confirm="Continue"
        busy={add.isPending}
        error={add.error ? describeWebAuthn(add.error) : null}
        onConfirm={(name) => add.mutate(name, { onSuccess: done })}
      />
      <PasskeyNameDialog
        open={renamed !== null}
        onClose={close}
        title="Rename the passkey"
        initial={renamed?.name}
        confirm="Rename"
        busy={rename.isPending}
        error={rename.error ? describeError(rename.error) : null}
        onConfirm={(name) => renamed && rename.mutate({ id: renamed.id, name }, { onSuccess: done })}
      />
      <ConfirmDialog
        open={removed !== null}
        onOpenChange={(open) => open || close()}
        title={`Remove ${removed?.name ?? 'the passkey'}?`}
        consequence="It can’t sign you in any more. Your device or app may go on showing it until you delete it there."
        confirm="Remove passkey"
        danger
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : null}
        onConfirm={() => removed && remove.mutate(removed.id, { onSuccess: done })}
      />
    </Panel>
  );
}

/** Browsers give their reasons as names. */
function describeWebAuthn(error: Error): string {
  if (error.name === 'NotAllowedError' || error.name === 'AbortError')
    return 'Nothing was added: it was cancelled, or took too long.';
  if (error.name === 'InvalidStateError') return 'This device or app already has a passkey for your account.';
  return describeError(error);
}
