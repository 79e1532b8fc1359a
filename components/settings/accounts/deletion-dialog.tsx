'use client';

import { useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { describeError } from '@/lib/client/api';
import { useDeletePerson } from '@/lib/client/mutations/people';
import { useDeletion } from '@/lib/client/queries/people';
import type { DeletionPreview } from '@/lib/contracts/person';

interface DeletionDialogProps {
  /** `me`, or the id of a user */
  of: string;
  /** the name of the person */
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDeleted: () => void;
}

/** Shows what the deletion of an account does, and asks for its e-mail address. */
export function DeletionDialog({ of, name, open, onOpenChange, onDeleted }: DeletionDialogProps) {
  const isSelf = of === 'me';
  const { data: preview, error: unread } = useDeletion(of, { enabled: open });
  const [typed, setTyped] = useState('');
  const [missing, setMissing] = useState(false);
  const remove = useDeletePerson(of);
  const email = preview?.user.email ?? '';
  const confirm = () => {
    const matches = typed.trim().toLowerCase() === email.toLowerCase();
    setMissing(!matches);
    // The row, and this dialog with it, can leave the list before a callback of `mutate` would be called. The dialog shows
    // why a deletion was refused.
    if (matches) remove.mutateAsync(email).then(onDeleted, () => undefined);
  };
  const canDelete = preview !== undefined && preview.refusal === null;
  const error = remove.error ?? unread;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={isSelf ? 'Delete your account?' : `Delete the account of ${name}?`}
      consequence={preview ? <Consequence preview={preview} isSelf={isSelf} /> : 'Reading what it would do …'}
      confirm={canDelete ? (isSelf ? 'Delete my account' : 'Delete account') : null}
      keep={canDelete ? 'Keep it' : 'Close'}
      danger
      busy={remove.isPending}
      error={error ? describeError(error) : (preview?.refusal?.detail ?? null)}
      onConfirm={confirm}
    >
      {canDelete ? (
        <Field label={`Type ${email} to confirm`} error={missing ? 'This is not the address of the account' : null}>
          {(control) => (
            <Input {...control} value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      ) : null}
    </ConfirmDialog>
  );
}

function Consequence({ preview, isSelf }: { preview: DeletionPreview; isSelf: boolean }) {
  const { refusal, organizations, apiKeys } = preview;
  if (refusal) return 'The account can’t be deleted now.';
  const deleted = organizations.filter((one) => one.deleted);
  return (
    <div className="space-y-2">
      <p>
        {isSelf ? 'You are signed out everywhere at once. ' : 'All sessions end at once. '}
        Memberships, invitations, ways to sign in and exports are deleted. What was launched stays, as by a “deleted
        person”. It can’t be restored.
      </p>
      {deleted.length > 0 ? <p>Deleted too, because nobody else belongs to it: {namesOf(deleted)}.</p> : null}
      {apiKeys.length > 0 ? (
        <div>
          <p>These API keys stay valid. Revoke those that nobody needs:</p>
          <ul className="max-h-32 list-disc overflow-y-auto pl-5">
            {apiKeys.map((key) => (
              <li key={key.id} className="[overflow-wrap:anywhere]">
                {key.name} · {key.organization.name}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}

const namesOf = (named: readonly { name: string }[]): string => named.map(({ name }) => name).join(', ');
