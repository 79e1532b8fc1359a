'use client';

import { LogOut } from 'lucide-react';
import { ListPanel } from '@/components/shared/list-panel';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { TableCell, TableHead, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useEndSession } from '@/lib/client/mutations/account';
import { useSessions } from '@/lib/client/queries/people';
import type { SessionDto } from '@/lib/contracts/session';

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_9rem_6rem_6rem_6.5rem]';

/** Where the person is signed in, and the end of each session. */
export function Sessions() {
  const query = useSessions();
  const end = useEndSession();
  const notify = useToast();
  const finish = (which: { id: string } | 'others') =>
    end.mutate(which, {
      onError: (error) => notify({ tone: 'error', title: 'The session was not ended', detail: describeError(error) }),
    });
  const others = query.data?.filter((session) => !session.current).length ?? 0;
  return (
    <ListPanel
      title="Sessions"
      query={query}
      failure="Your sessions could not be read"
      actions={
        others > 0 ? (
          <Button size="sm" busy={end.isPending && end.variables === 'others'} onClick={() => finish('others')}>
            End all others
          </Button>
        ) : null
      }
      columns={COLUMNS}
      head={
        <>
          <TableHead>Device</TableHead>
          <TableHead>Address</TableHead>
          <TableHead>Signed in</TableHead>
          <TableHead>Last seen</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </>
      }
      row={(session) => <SessionRow key={session.id} session={session} onEnd={() => finish({ id: session.id })} />}
      empty={<p className="px-3 py-4 text-muted text-sm">You have no sessions.</p>}
    />
  );
}

function SessionRow({ session, onEnd }: { session: SessionDto; onEnd: () => void }) {
  const { device, address, current, createdAt, lastSeenAt } = session;
  return (
    <TableRow className="last:border-b-0 max-sm:h-12">
      <TableCell>
        {device}
        <span className="block truncate text-muted text-xs sm:hidden">
          {address ?? 'unknown address'} · <Time at={lastSeenAt} prefix="seen" />
        </span>
      </TableCell>
      <TableCell className="truncate font-mono text-muted text-xs max-sm:hidden" title={address ?? undefined}>
        {address ?? 'unknown'}
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">
        <Time at={createdAt} />
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">
        <Time at={lastSeenAt} />
      </TableCell>
      <TableCell right>
        {current ? (
          <Badge tone="accent">This browser</Badge>
        ) : (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`End the session of ${device}, ${address ?? 'unknown address'}`}
            onClick={onEnd}
          >
            <LogOut />
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}
