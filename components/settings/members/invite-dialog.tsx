'use client';

import { type FormEvent, useState } from 'react';
import { ROLE_HINT, RoleSelect } from '@/components/shared/role-select';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { describeError } from '@/lib/client/api';
import { useInvite } from '@/lib/client/mutations/people';
import { createInvitationBody, INVITATION_DAYS } from '@/lib/contracts/member';
import type { Role } from '@/lib/contracts/permissions';

interface InviteDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Invites somebody, and then shows the link once. */
export function InviteDialog({ open, onOpenChange }: InviteDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <InviteForm /> : null}
    </Dialog>
  );
}

function InviteForm() {
  const invite = useInvite();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [seesPayloads, setSeesPayloads] = useState(true);
  const [wrong, setWrong] = useState<string | null>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = createInvitationBody.safeParse({ email: email.trim(), role, seesPayloads });
    setWrong(parsed.success ? null : 'Enter an e-mail address, such as mika@example.org');
    if (parsed.success) invite.mutate(parsed.data);
  };

  if (invite.data)
    return <InvitedContent email={invite.data.email} url={invite.data.url} mailed={invite.data.mailed} />;
  return (
    <FormDialog
      title="Invite a person"
      description={`They get a link that works once, within ${INVITATION_DAYS} days.`}
      confirm="Invite"
      busy={invite.isPending}
      onSubmit={submit}
      noValidate
    >
      <Field label="E-mail" error={wrong}>
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            autoFocus
          />
        )}
      </Field>
      <Field label="Role" hint={ROLE_HINT[role]}>
        {(control) => <RoleSelect {...control} value={role} onRole={setRole} />}
      </Field>
      <label className="flex cursor-pointer items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="accent-accent"
          checked={seesPayloads}
          onChange={(event) => setSeesPayloads(event.target.checked)}
        />
        Sees the contents of jobs: inputs, results, errors and files
      </label>
      {invite.error ? <Notice tone="error">{describeError(invite.error)}</Notice> : null}
    </FormDialog>
  );
}

function InvitedContent({ email, url, mailed }: { email: string; url: string; mailed: boolean }) {
  return (
    <DialogContent
      title={`${email} is invited`}
      description={
        mailed
          ? 'The link was sent there. You can also give it to them yourself: it is shown only here.'
          : 'Send this link to them yourself: it is shown only here.'
      }
      footer={
        <DialogClose asChild>
          <Button variant="primary">Done</Button>
        </DialogClose>
      }
    >
      <Field label="Link">
        {(control) => (
          <span className="flex items-center gap-2">
            <Input
              {...control}
              readOnly
              autoFocus
              value={url}
              className="font-mono text-xs"
              onFocus={(event) => event.currentTarget.select()}
            />
            <CopyButton value={url} label="Copy the link" variant="secondary" size="icon" />
          </span>
        )}
      </Field>
    </DialogContent>
  );
}
