'use client';

import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatCount } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useDeliveries } from '@/lib/client/queries/notifications';
import { useViewer } from '@/lib/client/queries/system';
import type { DeliveryDto } from '@/lib/contracts/delivery';
import { DeliveryDetail } from './delivery-detail';
import { DeliveryState, titleOf } from './delivery-state';

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_minmax(0,10rem)_8rem_8rem]';
const STATUSES = [
  ['', 'All messages'],
  ['pending', 'To be sent'],
  ['delivered', 'Arrived'],
  ['failed', 'Failed'],
] as const;

/** The log of messages: to whom, what came of it, and the answers. */
export function Deliveries() {
  const { data: viewer } = useViewer();
  const [status, setStatus] = useState('');
  const [open, setOpen] = useState<string | null>(null);
  const query = useDeliveries(status, { enabled: viewer !== undefined });
  const rows = query.data?.pages.flatMap((page) => page.deliveries) ?? [];
  const shown = rows.find(({ id }) => id === open);
  return (
    <Panel
      title="Sent"
      flush
      actions={
        <Select aria-label="Which messages" value={status} onChange={(event) => setStatus(event.target.value)}>
          {STATUSES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Select>
      }
    >
      {query.isPending ? (
        <div className="flex h-12 items-center gap-6 px-3">
          <Skeleton className="w-2/5" />
          <Skeleton className="w-1/4" />
        </div>
      ) : query.isError && rows.length === 0 ? (
        <ErrorState
          title="The messages could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<Inbox />}
          title={status === '' ? 'Nothing was sent yet' : 'No such messages'}
          className="py-6"
        >
          Each message is listed here for 30 days, with the answer to it.
        </EmptyState>
      ) : (
        <>
          <Table aria-label="Messages" className={COLUMNS}>
            <TableHeader className="max-sm:hidden">
              <TableHead>Message</TableHead>
              <TableHead>To</TableHead>
              <TableHead>State</TableHead>
              <TableHead>When</TableHead>
            </TableHeader>
            {rows.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} onOpen={() => setOpen(delivery.id)} />
            ))}
          </Table>
          {query.hasNextPage ? (
            <div className="flex justify-center border-t p-2">
              <Button size="sm" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show older ones
              </Button>
            </div>
          ) : null}
        </>
      )}
      {shown ? <DeliveryDetail delivery={shown} onClose={() => setOpen(null)} /> : null}
    </Panel>
  );
}

function DeliveryRow({ delivery, onOpen }: { delivery: DeliveryDto; onOpen: () => void }) {
  const title = titleOf(delivery);
  return (
    <TableRow className="h-auto min-h-(--row) py-1.5 last:border-b-0">
      <TableCell>
        <button
          type="button"
          className="block max-w-full truncate text-left hover:text-accent hover:underline"
          title={title}
          onClick={onOpen}
        >
          {title}
        </button>
        <span className="block truncate text-muted text-xs">
          {delivery.type}
          {delivery.count > 1 ? ` · ${formatCount(delivery.count, 'event')}` : ''}
        </span>
      </TableCell>
      <TableCell className="truncate text-muted max-sm:hidden" title={delivery.target}>
        {delivery.target}
      </TableCell>
      <TableCell>
        <DeliveryState delivery={delivery} />
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">
        <Time at={delivery.createdAt} />
      </TableCell>
    </TableRow>
  );
}
