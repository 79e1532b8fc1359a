'use client';

import { History } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { StatusBadge } from '@/components/ui/status-mark';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useFirings } from '@/lib/client/queries/schedules';
import type { FiringDto } from '@/lib/contracts/firing';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import { firingLink, firingLook } from './firing-look';
import { formatInZone } from './zone-time';

const COLUMNS = '[--columns:minmax(0,1fr)_8rem] @3xl:[--columns:minmax(0,17rem)_8rem_minmax(0,1fr)_6rem]';

const KIND_WORDS: Record<FiringDto['kind'], string> = {
  clock: '',
  'catch-up': 'caught up',
  hand: 'by hand',
  backfill: 'backfilled',
};

/** What came of each due time, newest first. */
export function FiringsTable({ schedule }: { schedule: ScheduleDto }) {
  const query = useFirings(schedule.id);
  const firings = query.data?.pages.flatMap((page) => page.firings) ?? [];
  return (
    <Panel title="History" flush className="@container overflow-hidden">
      {query.isPending ? <Skeleton className="m-3 w-56" /> : null}
      {query.isError && firings.length === 0 ? (
        <ErrorState
          title="The history could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      ) : null}
      {query.isSuccess && firings.length === 0 ? (
        <EmptyState icon={<History />} title="It has not fired yet">
          What came of each due time is listed here.
        </EmptyState>
      ) : null}
      {firings.length > 0 ? (
        <Table aria-label="Firings" className={COLUMNS}>
          <TableHeader>
            <TableHead>Due</TableHead>
            <TableHead>Outcome</TableHead>
            <TableHead className="@max-3xl:hidden">Why</TableHead>
            <TableHead right className="@max-3xl:hidden">
              Fired
            </TableHead>
          </TableHeader>
          {firings.map((firing) => (
            <FiringRow key={firing.dueAt} firing={firing} timeZone={schedule.timeZone} />
          ))}
        </Table>
      ) : null}
      {query.hasNextPage ? (
        <div className="border-t px-3 py-1.5">
          <Button variant="link" size="sm" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show earlier ones
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

function FiringRow({ firing, timeZone }: { firing: FiringDto; timeZone: string }) {
  const { mark, word } = firingLook(firing);
  const link = firingLink(firing);
  const due = <span className="font-mono text-xs">{formatInZone(firing.dueAt, timeZone)}</span>;
  return (
    <TableRow className="@max-3xl:h-auto @max-3xl:gap-y-0.5 @max-3xl:py-1.5">
      <TableCell className="@max-3xl:whitespace-normal">
        {link ? (
          <Link
            href={link.href}
            className="text-accent underline-offset-2 hover:underline"
            aria-label={`The ${link.word} of ${formatInZone(firing.dueAt, timeZone)}`}
          >
            {due}
          </Link>
        ) : (
          due
        )}{' '}
        <span className="text-muted text-xs">{KIND_WORDS[firing.kind]}</span>
      </TableCell>
      <TableCell>
        <StatusBadge status={mark} word={word} />
      </TableCell>
      <TableCell
        className="text-muted empty:hidden @3xl:empty:block @max-3xl:col-span-full @max-3xl:whitespace-normal @max-3xl:text-xs"
        title={firing.why}
      >
        {firing.why}
      </TableCell>
      <TableCell right className="text-muted @max-3xl:hidden">
        {firing.firedAt ? <Time at={firing.firedAt} /> : '–'}
      </TableCell>
    </TableRow>
  );
}
