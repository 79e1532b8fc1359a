'use client';

import { SelectAllCell, SelectCell } from '@/components/selection/select-cell';
import {
  formatCount,
  formatDuration,
  formatEta,
  formatNumber,
  formatPercent,
  formatRate,
  formatRelative,
} from '@/components/ui/format';
import { endedParts, Progress } from '@/components/ui/progress';
import { FailedCount, RecordName, RowSkeletons } from '@/components/ui/record-row';
import { batchLook } from '@/components/ui/status';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import type { BatchDto } from '@/lib/contracts/batch';
import { doneOf } from '@/lib/contracts/progress';
import { isFinished } from '@/lib/contracts/status';

export const BATCH_COLUMNS =
  '[--columns:minmax(0,1fr)_8.5rem] sm:[--columns:120px_minmax(0,1fr)_120px_80px] @3xl:[--columns:130px_minmax(0,1fr)_130px_60px_150px_80px] @5xl:[--columns:150px_minmax(0,1fr)_150px_150px_60px_150px_80px] @6xl:[--columns:160px_minmax(0,1fr)_150px_160px_120px_60px_160px_80px]';

export function BatchHeader() {
  return (
    <TableHeader className="max-sm:sr-only">
      <SelectAllCell what="batches" />
      <TableHead>Status</TableHead>
      <TableHead>Name</TableHead>
      <TableHead className="@max-5xl:hidden">Type</TableHead>
      <TableHead>Progress</TableHead>
      <TableHead right className="@max-6xl:hidden">
        Done
      </TableHead>
      <TableHead right className="@max-3xl:hidden">
        Failed
      </TableHead>
      <TableHead right className="@max-3xl:hidden">
        Pace
      </TableHead>
      <TableHead right>Created</TableHead>
    </TableHeader>
  );
}

/** Returns the rate and the estimate of a running batch, or the duration of a finished one. */
function pace(batch: BatchDto): string {
  if (isFinished(batch.status)) {
    if (!batch.startedAt || !batch.finishedAt) return '–';
    return `took ${formatDuration(Date.parse(batch.finishedAt) - Date.parse(batch.startedAt))}`;
  }
  if (batch.status !== 'in-progress' || batch.paused || batch.queuedAt) return '–';
  if (batch.wakesAt) return `due ${formatRelative(batch.wakesAt)}`;
  if (batch.notBefore && Date.parse(batch.notBefore) > Date.now()) return `due ${formatRelative(batch.notBefore)}`;
  const done = doneOf(batch);
  if (!batch.ratePerSecond) return formatEta(batch.etaSeconds, done, batch.total).replace(' left', '');
  return `${formatRate(batch.ratePerSecond)} · ${formatEta(batch.etaSeconds, done, batch.total).replace(' left', '')}`;
}

function Bar({ batch }: { batch: BatchDto }) {
  const done = doneOf(batch);
  return (
    <span className="flex items-center gap-2">
      <Progress size="sm" label={`Progress of ${batch.name}`} total={batch.total} parts={endedParts(batch)} />
      <span className="w-9 shrink-0 text-right text-muted text-xs">
        {formatPercent(batch.progress, isFinished(batch.status) && done === batch.total, done > 0)}
      </span>
    </span>
  );
}

/** A batch: one 32 px line on a desktop, two on a phone. The whole row links to its page. */
export function BatchRow({ batch }: { batch: BatchDto }) {
  const { mark, word } = batchLook(batch);
  const done = doneOf(batch);
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <SelectCell row={batch} />
      <TableCell className="max-sm:order-2 max-sm:text-right">
        <StatusBadge status={mark} word={word} />
      </TableCell>
      <TableCell className="font-medium max-sm:order-1">
        <RecordName href={`/batches/${batch.id}`} name={batch.name} />
      </TableCell>
      <TableCell className="text-muted @max-5xl:hidden">
        <TypeTitle type={batch.type} />
      </TableCell>
      <TableCell className="max-sm:order-3">
        <Bar batch={batch} />
      </TableCell>
      <TableCell right className="text-muted @max-6xl:hidden" title={formatCount(batch.total, 'item')}>
        {formatNumber(done)} / {formatNumber(batch.total)}
      </TableCell>
      <TableCell right className="@max-3xl:hidden">
        <FailedCount value={batch.failed} />
      </TableCell>
      <TableCell right className="text-muted @max-3xl:hidden">
        {pace(batch)}
      </TableCell>
      <TableCell right className="text-muted max-sm:order-4 max-sm:text-xs">
        <Time at={batch.createdAt} className="relative" />
      </TableCell>
    </TableRow>
  );
}

const SKELETON = [
  ['max-sm:order-2', 'w-20'],
  ['max-sm:order-1', 'w-3/5'],
  ['@max-5xl:hidden', 'w-28'],
  ['max-sm:order-3', 'h-1'],
  ['@max-6xl:hidden', 'ml-auto w-14'],
  ['@max-3xl:hidden', 'ml-auto w-6'],
  ['@max-3xl:hidden', 'ml-auto w-20'],
  ['max-sm:order-4', 'ml-auto w-14'],
] as const;

/** Placeholders for rows that are loading, with the final sizes. */
export function BatchRowSkeletons({ count }: { count: number }) {
  return <RowSkeletons count={count} cells={SKELETON} />;
}
