'use client';

import Link from 'next/link';
import { SelectAllCell, SelectCell } from '@/components/selection/select-cell';
import { formatDuration, formatElapsed, formatNumber, shortId } from '@/components/ui/format';
import { RecordName, RowSkeletons } from '@/components/ui/record-row';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time, useNow } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import type { JobSummaryDto } from '@/lib/contracts/job';

export const JOB_COLUMNS =
  '[--columns:minmax(0,1fr)_minmax(6rem,auto)] sm:[--columns:110px_minmax(0,1fr)_80px_80px] @3xl:[--columns:110px_minmax(0,1fr)_minmax(0,1fr)_80px_80px] @5xl:[--columns:120px_minmax(0,1.1fr)_150px_minmax(0,1fr)_70px_90px_80px] @6xl:[--columns:120px_minmax(0,1.1fr)_150px_minmax(0,1fr)_160px_70px_90px_80px]';

export function JobHeader() {
  return (
    <TableHeader className="max-sm:sr-only">
      <SelectAllCell what="jobs" />
      <TableHead>Status</TableHead>
      <TableHead>Name</TableHead>
      <TableHead className="@max-5xl:hidden">Type</TableHead>
      <TableHead className="@max-3xl:hidden">What happened</TableHead>
      <TableHead className="@max-6xl:hidden">Batch</TableHead>
      <TableHead right className="@max-5xl:hidden">
        Attempts
      </TableHead>
      <TableHead right className="max-sm:hidden">
        Duration
      </TableHead>
      <TableHead right>Created</TableHead>
    </TableHeader>
  );
}

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

/** A job: one 32 px line on a desktop, two on a phone. The row links to the job, the batch's name to its batch. */
export function JobRow({ job, batchName }: { job: JobSummaryDto; batchName: string | undefined }) {
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <SelectCell row={job} />
      <TableCell className="max-sm:order-2 max-sm:text-right">
        <StatusBadge status={job.status} />
      </TableCell>
      <TableCell className="font-medium max-sm:order-1">
        <RecordName href={`/jobs/${job.id}`} name={job.name} />
      </TableCell>
      <TableCell className="text-muted @max-5xl:hidden">
        <TypeTitle type={job.type} />
      </TableCell>
      <TableCell className="text-muted max-sm:order-3 max-sm:text-xs sm:@max-3xl:hidden">
        <Happened job={job} />
      </TableCell>
      <TableCell className="@max-6xl:hidden">
        {job.batchId ? (
          <Link
            href={`/batches/${job.batchId}`}
            title={batchName ?? job.batchId}
            className="relative text-muted hover:text-accent hover:underline"
          >
            {batchName ?? <span className="font-mono text-xs">{shortId(job.batchId)}</span>}
          </Link>
        ) : (
          <span className="text-faint">–</span>
        )}
      </TableCell>
      <TableCell right className="text-muted @max-5xl:hidden">
        {job.attemptsMade} / {job.maxAttempts}
      </TableCell>
      <TableCell right className="font-mono text-muted text-xs max-sm:hidden">
        <Duration job={job} />
      </TableCell>
      <TableCell right className="text-muted max-sm:order-4 max-sm:text-xs">
        <Time at={job.createdAt} className="relative" />
      </TableCell>
    </TableRow>
  );
}

const SKELETON = [
  ['max-sm:order-2', 'w-20'],
  ['max-sm:order-1', 'w-3/5'],
  ['@max-5xl:hidden', 'w-28'],
  ['max-sm:order-3 sm:@max-3xl:hidden', 'w-2/5'],
  ['@max-6xl:hidden', 'w-24'],
  ['@max-5xl:hidden', 'ml-auto w-8'],
  ['max-sm:hidden', 'ml-auto w-12'],
  ['max-sm:order-4', 'ml-auto w-14'],
] as const;

/** Placeholders for rows that are loading, with the final sizes. */
export function JobRowSkeletons({ count }: { count: number }) {
  return <RowSkeletons count={count} cells={SKELETON} />;
}
