'use client';

import { MailX } from 'lucide-react';
import { ListPanel } from '@/components/shared/list-panel';
import { ROLE_WORD } from '@/components/shared/role-select';
import { Button } from '@/components/ui/button';
import { TableCell, TableHead, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useRevokeInvitation } from '@/lib/client/mutations/people';
import { useInvitations } from '@/lib/client/queries/people';
import type { InvitationDto } from '@/lib/contracts/member';

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_9rem_8.5rem_6rem_2rem]';

/** The invitations that nobody has accepted yet. */
export function Invitations() {
  return (
    <ListPanel
      title="Open invitations"
      query={useInvitations({ enabled: true })}
      failure="The invitations could not be read"
      columns={COLUMNS}
      head={
        <>
          <TableHead>E-mail</TableHead>
          <TableHead>Role</TableHead>
          <TableHead>Invited by</TableHead>
          <TableHead>Expires</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </>
      }
      row={(invitation) => <InvitationRow key={invitation.id} invitation={invitation} />}
      empty={<p className="px-3 py-4 text-muted text-sm">Nobody is invited at the moment.</p>}
    />
  );
}

function InvitationRow({ invitation }: { invitation: InvitationDto }) {
  const revoke = useRevokeInvitation();
  const notify = useToast();
  const { id, email, role, invitedBy, expiresAt } = invitation;
  const withdraw = () =>
    revoke.mutate(id, {
      onError: (error) =>
        notify({ tone: 'error', title: 'The invitation was not withdrawn', detail: describeError(error) }),
    });
  return (
    <TableRow className="last:border-b-0 max-sm:h-12">
      <TableCell title={email}>
        {email}
        <span className="block truncate text-muted text-xs sm:hidden">
          {ROLE_WORD[role]} · by {invitedBy} · <Time at={expiresAt} prefix="expires" />
        </span>
      </TableCell>
      <TableCell className="max-sm:hidden">{ROLE_WORD[role]}</TableCell>
      <TableCell className="text-muted max-sm:hidden" title={invitedBy}>
        {invitedBy}
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">
        <Time at={expiresAt} />
      </TableCell>
      <TableCell right>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Withdraw the invitation of ${email}`}
          busy={revoke.isPending}
          onClick={withdraw}
        >
          <MailX />
        </Button>
      </TableCell>
    </TableRow>
  );
}
