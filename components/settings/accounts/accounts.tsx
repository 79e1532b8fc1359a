'use client';

import { Trash2 } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { ListPanel } from '@/components/shared/list-panel';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { TableCell, TableHead, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { MOST_USERS, useUsers } from '@/lib/client/queries/people';
import { useViewer } from '@/lib/client/queries/system';
import type { UserDto } from '@/lib/contracts/person';
import { DeletionDialog } from './deletion-dialog';

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_minmax(0,1fr)_6rem_2.5rem]';

/** The people of all organizations and of none, for system administrators. */
export function Accounts() {
  const { data: viewer } = useViewer();
  if (!viewer) return null;
  if (!viewer.systemAdmin) return <p className="text-muted text-sm">Only a system administrator sees all accounts.</p>;
  return <AccountList self={viewer.email} />;
}

/** @param self the e-mail address of the viewer */
function AccountList({ self }: { self: string | null }) {
  const [typed, setTyped] = useState('');
  const query = useUsers(useDeferredValue(typed.trim()));
  return (
    <>
      <ListPanel
        title="All accounts"
        actions={
          <Input
            type="search"
            className="w-44"
            aria-label="Search accounts"
            placeholder="Name or e-mail"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        }
        query={query}
        failure="The accounts could not be read"
        columns={COLUMNS}
        head={
          <>
            <TableHead>Person</TableHead>
            <TableHead>Organizations</TableHead>
            <TableHead>Last seen</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </>
        }
        row={(user) => <AccountRow key={user.id} user={user} isSelf={user.email === self} />}
        empty={<p className="px-3 py-4 text-muted text-sm">No account matches.</p>}
      />
      {query.data?.length === MOST_USERS ? (
        <p className="text-muted text-xs">These are the newest {MOST_USERS}. Search for others.</p>
      ) : null}
    </>
  );
}

function AccountRow({ user, isSelf }: { user: UserDto; isSelf: boolean }) {
  const [asking, setAsking] = useState(false);
  const notify = useToast();
  const { id, name, email, organizations, lastSeenAt, systemAdmin } = user;
  const organizationNames = organizations.map((one) => one.name).join(', ') || 'no organization';
  const done = () => {
    setAsking(false);
    notify({ tone: 'success', title: `The account of ${name} was deleted` });
  };
  return (
    <TableRow className="h-auto min-h-(--row) py-1.5 last:border-b-0">
      <TableCell>
        <span className="flex min-w-0 items-center gap-2">
          <bdi className="truncate font-medium" title={name}>
            {name}
          </bdi>
          {systemAdmin ? <Badge>System administrator</Badge> : null}
        </span>
        <span className="block truncate text-muted text-xs" title={email}>
          {email}
        </span>
        <span className="block truncate text-muted text-xs sm:hidden">
          {organizationNames} · {lastSeenAt ? <Time at={lastSeenAt} prefix="seen" /> : 'never seen'}
        </span>
      </TableCell>
      <TableCell className="truncate text-muted max-sm:hidden" title={organizationNames}>
        {organizationNames}
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">{lastSeenAt ? <Time at={lastSeenAt} /> : 'never'}</TableCell>
      <TableCell right>
        {isSelf ? (
          <Badge>You</Badge>
        ) : (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Delete the account of ${name}, ${email}`}
            onClick={() => setAsking(true)}
          >
            <Trash2 />
          </Button>
        )}
      </TableCell>
      <DeletionDialog of={id} name={name} open={asking} onOpenChange={setAsking} onDeleted={done} />
    </TableRow>
  );
}
