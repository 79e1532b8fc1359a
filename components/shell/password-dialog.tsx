import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { PasswordInput } from '@/components/ui/password-input';
import { type ApiError, describeError } from '@/lib/client/api';
import { reauthenticate } from '@/lib/client/mutations/account';
import { useSignOut } from '@/lib/client/mutations/system';

export interface AskedPassword {
  why: ApiError;
  answer: (given: boolean) => void;
}

export interface PasswordDialogProps {
  asked: AskedPassword | null;
  close: (given: boolean) => void;
}

const needsSignIn = ({ problem }: ApiError): boolean =>
  Array.isArray(problem.methods) && !problem.methods.includes('password');

/** The dialog of the PasswordPrompt. */
export function PasswordDialog({ asked, close }: PasswordDialogProps) {
  return (
    <Dialog open={asked !== null} onOpenChange={(shown) => shown || close(false)}>
      {asked && needsSignIn(asked.why) ? <SignInAgain why={asked.why} /> : null}
      {asked && !needsSignIn(asked.why) ? <PasswordQuestion why={asked.why} onGiven={() => close(true)} /> : null}
    </Dialog>
  );
}

function PasswordQuestion({ why, onGiven }: { why: ApiError; onGiven: () => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A dialog is a child of the page's form in React, not in the document.
    event.stopPropagation();
    if (busy) return;
    setBusy(true);
    try {
      await reauthenticate(String(new FormData(event.currentTarget).get('password')));
      onGiven();
    } catch (failure) {
      setError(describeError(failure));
      setBusy(false);
    }
  };
  return (
    <FormDialog
      size="sm"
      title="Confirm your password"
      description={why.detail}
      confirm="Continue"
      busy={busy}
      onSubmit={submit}
    >
      <Field label="Password" error={error}>
        {(control) => <PasswordInput {...control} name="password" autoComplete="current-password" required autoFocus />}
      </Field>
    </FormDialog>
  );
}

/** For accounts without a password. */
function SignInAgain({ why }: { why: ApiError }) {
  const signOut = useSignOut();
  return (
    <DialogContent
      size="sm"
      title="Sign in again"
      description={why.detail}
      footer={
        <>
          <DialogClose asChild>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant="primary" busy={signOut.isPending} onClick={() => signOut.mutate()}>
            Sign in again
          </Button>
        </>
      }
    />
  );
}
