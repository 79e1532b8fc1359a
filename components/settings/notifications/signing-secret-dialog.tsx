'use client';

import { ValueShown } from '@/components/shared/value-shown';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Dialog } from '@/components/ui/dialog';
import { describeError } from '@/lib/client/api';
import { useCreateSigningSecret } from '@/lib/client/mutations/notifications';

/** Makes the secret that signs messages to addresses which launches name, and shows it once. */
export function SigningSecretDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const create = useCreateSigningSecret();
  const close = () => {
    create.reset();
    onClose();
  };
  if (create.data !== undefined) {
    return (
      <Dialog open={open} onOpenChange={(on) => !on && close()}>
        <ValueShown
          label="Secret"
          title="The signing secret of the organization"
          value={create.data}
          note="It signs messages to addresses that a launch names without a secret of their own."
        />
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(on) => !on && close()}
      title="Make a new signing secret?"
      consequence="It signs messages to addresses that a launch names without a secret. Receivers that know the one before it must learn the new one."
      confirm="Make a new secret"
      keep="Keep the old one"
      busy={create.isPending}
      error={create.error ? describeError(create.error) : null}
      onConfirm={() => create.mutate()}
    />
  );
}
