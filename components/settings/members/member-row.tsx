'use client';

import { History, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { ROLE_WORD, RoleSelect } from '@/components/shared/role-select';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Link } from '@/components/ui/link';
import { Spinner } from '@/components/ui/spinner';
import { TableCell, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useRemoveMember, useUpdateMember } from '@/lib/client/mutations/people';
import type { MemberDto } from '@/lib/contracts/member';

interface MemberRowProps {
  member: MemberDto;
  /** the person who looks at the list */
  isSelf: boolean;
  /** shows the controls */
  canManage: boolean;
  /** links to what the person did */
  seesActivity: boolean;
}

/** A person, the role and what they may see; controls for owners. */
export function MemberRow({ member, isSelf, canManage, seesActivity }: MemberRowProps) {
  const [removing, setRemoving] = useState(false);
  const update = useUpdateMember();
  const remove = useRemoveMember();
  const notify = useToast();
  const { id, userId, name, email, lastSeenAt } = member;
  // What was chosen is shown at once. If the server refuses it, the list has the old value.
  const chosen = update.isPending ? update.variables : undefined;
  const { role = member.role, seesPayloads = member.seesPayloads } = chosen ?? {};
  const change = (changes: { role?: MemberDto['role']; seesPayloads?: boolean }) => {
    // Not disabled meanwhile, because a disabled control loses the focus.
    if (update.isPending) return;
    update.mutate(
      { id, ...changes },
      { onError: (error) => notify({ tone: 'error', title: `${name} is unchanged`, detail: describeError(error) }) },
    );
  };
  return (
    <TableRow className="h-auto min-h-(--row) py-1.5 last:border-b-0" aria-busy={update.isPending || undefined}>
      <TableCell>
        <span className="flex min-w-0 items-center gap-2">
          <bdi className="truncate font-medium" title={name}>
            {name}
          </bdi>
          {isSelf ? <Badge>You</Badge> : null}
          {member.hasSecondFactor === false ? <Badge tone="outline">No second factor</Badge> : null}
          {update.isPending ? (
            <span role="status" className="flex shrink-0 items-center gap-1 text-muted text-xs">
              <Spinner /> Saving
            </span>
          ) : null}
        </span>
        <span className="block truncate text-muted text-xs" title={email}>
          {email}
        </span>
        <span className="block text-muted text-xs sm:hidden">
          {lastSeenAt ? <Time at={lastSeenAt} prefix="seen" /> : 'never seen'}
        </span>
      </TableCell>
      <TableCell className="max-sm:order-3">
        {canManage ? (
          <RoleSelect
            aria-label={`Role of ${name}`}
            value={role}
            aria-busy={update.isPending}
            aria-disabled={update.isPending || undefined}
            onRole={(next) => change({ role: next })}
          />
        ) : (
          ROLE_WORD[role]
        )}
      </TableCell>
      <TableCell className="max-sm:order-4">
        {canManage ? (
          <label className="flex w-fit cursor-pointer items-center gap-2">
            <input
              type="checkbox"
              className="accent-accent aria-disabled:cursor-not-allowed aria-disabled:opacity-55"
              aria-label={`${name} sees the contents of jobs`}
              checked={seesPayloads}
              aria-busy={update.isPending}
              aria-disabled={update.isPending || undefined}
              onChange={(event) => change({ seesPayloads: event.target.checked })}
            />
            <span className="text-muted" aria-hidden="true">
              {seesPayloads ? 'Sees contents' : 'No contents'}
            </span>
          </label>
        ) : (
          <span className="text-muted">{seesPayloads ? 'Sees contents' : 'No contents'}</span>
        )}
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">{lastSeenAt ? <Time at={lastSeenAt} /> : 'never'}</TableCell>
      <TableCell right className="flex justify-end overflow-visible max-sm:order-2 pointer-coarse:gap-3">
        {seesActivity ? (
          <Button asChild variant="ghost" size="icon-sm">
            <Link href={links.auditOf(userId)} aria-label={`What ${name} did`}>
              <History />
            </Link>
          </Button>
        ) : null}
        {canManage ? (
          <Button variant="ghost" size="icon-sm" aria-label={`Remove ${name}`} onClick={() => setRemoving(true)}>
            <UserMinus />
          </Button>
        ) : null}
      </TableCell>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={isSelf ? 'Leave this organization?' : `Remove ${name}?`}
        consequence={`${isSelf ? 'Your' : 'Their'} sessions in this organization end at once. Batches that ${isSelf ? 'you' : 'they'} launched go on, and API keys that ${isSelf ? 'you' : 'they'} made stay valid: revoke them under API keys.`}
        confirm={isSelf ? 'Leave' : 'Remove'}
        keep={isSelf ? 'Stay' : 'Keep'}
        danger
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : null}
        onConfirm={() => remove.mutate(id, { onSuccess: () => setRemoving(false) })}
      />
    </TableRow>
  );
}
