'use client';

import { SelectAllCell, SelectCell } from '@/components/selection/select-cell';
import { byColumn, createdColumn, finishedColumn, priorityColumn, startedColumn } from '@/components/ui/common-columns';
import { formatDuration, formatElapsed, formatNumber, shortId } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { type ChosenColumns, HeadCells, RecordCells, type RecordColumn } from '@/components/ui/record-columns';
import { RecordName } from '@/components/ui/record-row';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableHeader, TableRow } from '@/components/ui/table';
import { Time, useNow } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import type { JobSummaryDto } from '@/lib/contracts/job';

/** The grid of the list's own columns, where none were chosen. */
export const JOB_GRID =
  '[--columns:minmax(0,1fr)_minmax(6rem,auto)] sm:[--columns:110px_minmax(0,1fr)_80px_80px] @3xl:[--columns:110px_minmax(0,1fr)_minmax(0,1fr)_80px_80px] @5xl:[--columns:120px_minmax(0,1.1fr)_150px_minmax(0,1fr)_70px_90px_80px] @6xl:[--columns:120px_minmax(0,1.1fr)_150px_minmax(0,1fr)_160px_70px_90px_80px]';

/** The duration of a finished job, or the elapsed time of an active one. */
function Duration({ job }: { job: JobSummaryDto }) {
  const now = useNow();
  if (job.durationMs !== null) return formatDuration(job.durationMs);
  if (job.status === 'active' && job.startedAt && now !== null) {
    return formatElapsed(now - Date.parse(job.startedAt));
  }
  return '–';
}

/** One line about the job: its failure reason or its progress. */
function Happened({ job }: { job: JobSummaryDto }) {
  if (job.error) return <span title={job.error.message}>{job.error.message}</span>;
  if (job.status === 'active' && job.progress) {
    const { current, total, message } = job.progress;
    return `${message ? `${message} · ` : ''}${formatNumber(current)} of ${formatNumber(total)}`;
  }
  if (job.status === 'delayed' && job.runAt) return <Time at={job.runAt} prefix="due" className="relative" />;
  if (job.cancelRequested && job.status === 'active') return 'asked to stop';
  return (
    <>
      <span className="max-sm:hidden">–</span>
      <span className="sm:hidden">
        <TypeTitle type={job.type} />
      </span>
    </>
  );
}

/** A job with the name of its batch, if that is known. */
interface Line {
  job: JobSummaryDto;
  batchName: string | undefined;
}

function BatchLink({ job: { batchId }, batchName }: Line) {
  if (!batchId) return <span className="text-faint">–</span>;
  return (
    <Link
      href={`/batches/${batchId}`}
      title={batchName ?? batchId}
      className="relative text-muted hover:text-accent hover:underline"
    >
      {batchName ?? <span className="font-mono text-xs">{shortId(batchId)}</span>}
    </Link>
  );
}

export const JOB_COLUMNS: readonly RecordColumn<Line>[] = [
  {
    id: 'status',
    title: 'Status',
    track: '120px',
    least: 120,
    isFixed: true,
    phone: 'max-sm:order-2 max-sm:text-right',
    line: 'w-20',
    cell: ({ job }) => <StatusBadge status={job.status} />,
  },
  {
    id: 'name',
    title: 'Name',
    track: 'minmax(160px,1.1fr)',
    least: 160,
    isFixed: true,
    look: 'font-medium',
    phone: 'max-sm:order-1',
    line: 'w-3/5',
    cell: ({ job }) => <RecordName href={`/jobs/${job.id}`} name={job.name} />,
  },
  {
    id: 'type',
    title: 'Type',
    track: '150px',
    least: 150,
    hide: '@max-5xl:hidden',
    look: 'text-muted',
    line: 'w-28',
    cell: ({ job }) => <TypeTitle type={job.type} />,
  },
  {
    id: 'happened',
    title: 'What happened',
    track: 'minmax(160px,1fr)',
    least: 160,
    // On a phone it is the second line.
    hide: 'sm:@max-3xl:hidden',
    look: 'text-muted',
    phone: 'max-sm:order-3 max-sm:text-xs',
    line: 'w-2/5',
    cell: ({ job }) => <Happened job={job} />,
  },
  {
    id: 'batch',
    title: 'Batch',
    track: '160px',
    least: 160,
    hide: '@max-6xl:hidden',
    line: 'w-24',
    cell: (row) => <BatchLink {...row} />,
  },
  {
    id: 'attempts',
    title: 'Attempts',
    track: '70px',
    least: 70,
    right: true,
    hide: '@max-5xl:hidden',
    look: 'text-muted',
    line: 'ml-auto w-8',
    cell: ({ job }) => `${job.attemptsMade} / ${job.maxAttempts}`,
  },
  {
    id: 'duration',
    title: 'Duration',
    track: '90px',
    least: 90,
    right: true,
    hide: 'max-sm:hidden',
    look: 'font-mono text-muted text-xs',
    line: 'ml-auto w-12',
    cell: ({ job }) => <Duration job={job} />,
  },
  byColumn(({ job }) => job),
  priorityColumn(({ job }) => job),
  startedColumn(({ job }) => job),
  finishedColumn(({ job }) => job),
  createdColumn(({ job }) => job),
];

export function JobHeader({ chosen }: { chosen: ChosenColumns }) {
  return (
    <TableHeader className="max-sm:sr-only">
      <SelectAllCell what="jobs" />
      <HeadCells columns={JOB_COLUMNS} chosen={chosen} />
    </TableHeader>
  );
}

/** A job: one 32 px line on a desktop, two on a phone. The row links to the job, the batch's name to its batch. */
export function JobRow({ chosen, ...row }: Line & { chosen: ChosenColumns }) {
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <SelectCell row={row.job} />
      <RecordCells columns={JOB_COLUMNS} chosen={chosen} row={row} />
    </TableRow>
  );
}
