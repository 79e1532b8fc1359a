'use client';

import { RecordName, RowSkeletons } from '@/components/ui/record-row';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { links } from '@/lib/client/links';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import { firingLook, scheduleLook } from './firing-look';
import { Sparkline } from './sparkline';
import { formatInZone } from './zone-time';

export const SCHEDULE_COLUMNS =
  '[--columns:minmax(0,1fr)_6rem] sm:[--columns:110px_minmax(0,1fr)_110px] @3xl:[--columns:110px_minmax(0,1fr)_minmax(0,1.2fr)_110px_110px] @5xl:[--columns:110px_minmax(0,1fr)_minmax(0,1.3fr)_130px_110px_130px_110px]';

export function ScheduleHeader() {
  return (
    <TableHeader className="max-sm:sr-only">
      <TableHead>State</TableHead>
      <TableHead>Name</TableHead>
      <TableHead className="@max-3xl:hidden">When</TableHead>
      <TableHead className="@max-5xl:hidden">Time zone</TableHead>
      <TableHead>Next</TableHead>
      <TableHead className="@max-3xl:hidden">Last</TableHead>
      <TableHead className="@max-5xl:hidden">Last 20</TableHead>
    </TableHeader>
  );
}

/** A schedule: one line on a desktop, two on a phone. The whole row links to its page. */
export function ScheduleRow({ schedule }: { schedule: ScheduleDto }) {
  const { mark, word } = scheduleLook(schedule);
  const { lastStatus, lastAt, nextAt, timeZone, words } = schedule;
  const last = lastStatus && firingLook({ status: lastStatus, outcome: schedule.lastOutcome });
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <TableCell className="max-sm:order-2 max-sm:text-right">
        <StatusBadge status={mark} word={word} />
      </TableCell>
      <TableCell className="font-medium max-sm:order-1">
        <RecordName href={links.schedule(schedule.id)} name={schedule.name} />
      </TableCell>
      <TableCell className="truncate text-muted @max-3xl:hidden" title={words}>
        {words}
      </TableCell>
      <TableCell className="truncate text-muted @max-5xl:hidden">{timeZone}</TableCell>
      <TableCell
        className="text-muted max-sm:order-3 max-sm:text-xs"
        title={nextAt ? `${formatInZone(nextAt, timeZone)} in ${timeZone}` : undefined}
      >
        {nextAt ? <Time at={nextAt} className="relative" /> : '–'}
      </TableCell>
      <TableCell
        className="@max-3xl:hidden"
        title={lastAt ? `${formatInZone(lastAt, timeZone)} in ${timeZone}` : undefined}
      >
        {last ? <StatusBadge status={last.mark} word={last.word} /> : <span className="text-faint">–</span>}
      </TableCell>
      <TableCell className="@max-5xl:hidden">
        <Sparkline firings={schedule.recent} timeZone={timeZone} />
      </TableCell>
    </TableRow>
  );
}

const SKELETON = [
  ['max-sm:order-2', 'w-16'],
  ['max-sm:order-1', 'w-3/5'],
  ['@max-3xl:hidden', 'w-40'],
  ['@max-5xl:hidden', 'w-20'],
  ['max-sm:order-3', 'w-14'],
  ['@max-3xl:hidden', 'w-16'],
  ['@max-5xl:hidden', 'w-20'],
] as const;

/** Placeholders for rows that are loading, with the final sizes. */
export function ScheduleRowSkeletons({ count }: { count: number }) {
  return <RowSkeletons count={count} cells={SKELETON} />;
}
