'use client';

import { memo } from 'react';
import { SelectCell } from '@/components/selection/select-cell';
import { cn } from '@/components/ui/cn';
import { formatDuration, formatElapsed, formatExact, formatNumber } from '@/components/ui/format';
import { StatusBadge, StatusMark } from '@/components/ui/status-mark';
import { TableCell, TableRow } from '@/components/ui/table';
import { Time, useNow } from '@/components/ui/time';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { links } from '@/lib/client/links';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { cellsOfResult } from './result-fields';
import { shortResult } from './short-result';

interface ItemRowProps {
  job: JobSummaryDto;
  index: number;
  top: number;
  narrow: boolean;
  selected: boolean;
  /** fields of the result that are columns */
  fields: readonly string[];
  onOpen: (jobId: string) => void;
}

/** One item. It renders again only when its job changes. */
export const ItemRow = memo(function ItemRow({ job, index, top, narrow, fields, selected, onOpen }: ItemRowProps) {
  const place = job.index === null ? '' : formatNumber(job.index + 1);
  const name = job.name || job.id;
  const open = (
    <a
      href={links.job(job.id)}
      aria-label={name}
      className="after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
      onClick={(event) => {
        // A click with a modifier key opens a browser tab, as for links.
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onOpen(job.id);
      }}
    >
      <TruncateMiddle text={name} least={28} />
    </a>
  );
  // `attemptsMade` does not include the running attempt.
  const attempt = job.attemptsMade + (job.status === 'active' ? 1 : 0);
  const common = {
    'aria-rowindex': index + 2,
    'data-job': job.id,
    'data-row-index': index,
    className: cn('absolute inset-x-0', narrow && 'h-12', selected && 'bg-selected hover:bg-selected'),
    style: { transform: `translateY(${top}px)` },
  };
  if (narrow) {
    return (
      <TableRow {...common}>
        <SelectCell row={job} />
        <TableCell className="font-mono text-muted text-xs">{place}</TableCell>
        <TableCell>
          <span className="flex items-center gap-2">
            <StatusMark status={job.status} label={job.status} />
            <span className="min-w-0">{open}</span>
          </span>
          <span className="block truncate text-muted text-xs">
            <Reason job={job} />
          </span>
        </TableCell>
        <TableCell right className="font-mono text-muted text-xs">
          <Duration job={job} />
        </TableCell>
      </TableRow>
    );
  }
  return (
    <TableRow {...common}>
      <SelectCell row={job} />
      <TableCell className="font-mono text-muted text-xs">{place}</TableCell>
      <TableCell className="flex">
        <StatusBadge
          status={job.status}
          word={job.cancelRequested && job.status === 'active' ? 'stopping' : undefined}
        />
      </TableCell>
      <TableCell>{open}</TableCell>
      <TableCell
        right
        className={cn('font-mono text-xs max-lg:hidden', attempt > 1 ? 'text-status-partial' : 'text-muted')}
      >
        {attempt}/{job.maxAttempts}
      </TableCell>
      <TableCell right className="font-mono text-muted text-xs">
        <Duration job={job} />
      </TableCell>
      <TableCell className="pl-3 text-muted text-xs max-lg:hidden">
        {job.finishedAt ? <Time at={job.finishedAt} /> : null}
      </TableCell>
      <Outcome job={job} fields={fields} />
    </TableRow>
  );
});

/** The chosen fields of the result; across all of them what stands in the place of a result, such as the reason of a failure. */
function Outcome({ job, fields }: Pick<ItemRowProps, 'job' | 'fields'>) {
  const isDone = fields.length > 0 && job.status === 'completed';
  const cells = isDone ? cellsOfResult(job.resultPreview ?? 'null', fields) : undefined;
  if (!cells) {
    return (
      <TableCell
        aria-colspan={Math.max(1, fields.length)}
        className={cn('text-xs max-lg:hidden', job.status === 'failed' ? 'text-status-failed' : 'text-muted')}
        style={{ gridColumn: `span ${Math.max(1, fields.length)}` }}
      >
        <Reason job={job} />
      </TableCell>
    );
  }
  return cells.map((text, i) => (
    <TableCell key={fields[i]} className="font-mono text-muted text-xs max-lg:hidden" title={text}>
      {text}
    </TableCell>
  ));
}

function Duration({ job }: { job: JobSummaryDto }) {
  if (job.status === 'active' && job.startedAt) return <Ticking since={job.startedAt} />;
  return job.durationMs === null ? null : formatDuration(job.durationMs);
}

function Ticking({ since }: { since: string }) {
  const now = useNow(1_000);
  return now === null ? null : formatElapsed(now - Date.parse(since));
}

/** Why the item failed, what it does now, what it waits for, a remark about its result, or the result. */
function Reason({ job }: { job: JobSummaryDto }) {
  if (job.status === 'failed' || job.status === 'cancelled')
    return <span title={job.error?.message}>{job.error?.message}</span>;
  if (job.status === 'active' && job.progress) {
    const { current, total, message } = job.progress;
    return message ?? `${formatNumber(current)} of ${formatNumber(total)}`;
  }
  if (job.status === 'delayed') {
    const last = job.error ? `after: ${job.error.message}` : '';
    if (!job.runAt) return `delayed ${last}`;
    return (
      <span title={`Due ${formatExact(job.runAt)}`}>
        <Time at={job.runAt} prefix="due" /> {last}
      </span>
    );
  }
  const [warning] = job.warnings;
  if (warning) return <span title={warning.message}>{warning.message}</span>;
  const result = shortResult(job.resultPreview ?? 'null');
  return result ? <span title={job.resultPreview}>{result}</span> : null;
}
