'use client';

import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { ListPanel } from '@/components/shared/list-panel';
import { ROLE_WORD } from '@/components/shared/role-select';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { EmptyState } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table';
import { useMembers } from '@/lib/client/queries/people';
import { useViewer } from '@/lib/client/queries/system';
import { roleHas } from '@/lib/contracts/permissions';
import { Invitations } from './invitations';
import { MemberRow } from './member-row';

const InviteDialog = onDemand(
  () => import('./invite-dialog').then((module) => module.InviteDialog),
  ({ open }) => open,
);

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_9rem_8.5rem_6rem_4rem]';

/** The people of the organization, and who is invited. */
export function Members() {
  const query = useMembers();
  const { data: viewer } = useViewer();
  const [inviting, setInviting] = useState(false);
  const canManage = viewer ? roleHas(viewer.role, 'member.update') : false;
  const invite = canManage ? (
    <Button size="sm" variant="primary" onClick={() => setInviting(true)}>
      <UserPlus /> Invite
    </Button>
  ) : null;
  return (
    <>
      <ListPanel
        title="Members"
        actions={invite}
        query={query}
        words={({ name, email, role }) => `${name} ${email} ${ROLE_WORD[role]}`}
        failure="The members could not be read"
        columns={COLUMNS}
        head={
          <>
            <TableHead>Person</TableHead>
            <TableHead>Role</TableHead>
            <TableHead>Contents of jobs</TableHead>
            <TableHead>Last seen</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </>
        }
        row={(member) => (
          <MemberRow
            key={member.id}
            member={member}
            isSelf={member.email === viewer?.email}
            canManage={canManage}
            seesActivity={viewer ? roleHas(viewer.role, 'audit.see') : false}
          />
        )}
        empty={<EmptyState icon={<Users />} title="Nobody is a member" />}
      />
      {canManage ? (
        <Invitations />
      ) : (
        <p className="text-muted text-xs">Only an owner can invite people, change roles and remove members.</p>
      )}
      <InviteDialog open={inviting} onOpenChange={setInviting} />
    </>
  );
}
