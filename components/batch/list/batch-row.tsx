'use client';

import type { ReactNode } from 'react';
import { SelectCell } from '@/components/selection/select-cell';
import { byColumn, createdColumn, finishedColumn, priorityColumn, startedColumn } from '@/components/ui/common-columns';
import {
  formatCount,
  formatDuration,
  formatEta,
  formatNumber,
  formatPercent,
  formatRate,
} from '@/components/ui/format';
import { endedParts, Progress } from '@/components/ui/progress';
import { type ChosenColumns, RecordCells, type RecordColumn } from '@/components/ui/record-columns';
import { FailedCount, RecordName } from '@/components/ui/record-row';
import { batchLook } from '@/components/ui/status';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import type { BatchDto } from '@/lib/contracts/batch';
import { doneOf } from '@/lib/contracts/progress';
import { isFinished } from '@/lib/contracts/status';

/** The grid of the list's own columns, where none were chosen. */
export const BATCH_GRID =
  '[--columns:minmax(0,1fr)_8.5rem] sm:[--columns:120px_minmax(0,1fr)_120px_80px] @3xl:[--columns:130px_minmax(0,1fr)_130px_60px_150px_80px] @5xl:[--columns:150px_minmax(0,1fr)_150px_150px_60px_150px_80px] @6xl:[--columns:160px_minmax(0,1fr)_150px_160px_120px_60px_160px_80px]';

/** Returns the rate and the estimate of a running batch, or the duration of a finished one. */
function pace(batch: BatchDto): ReactNode {
  if (isFinished(batch.status)) {
    if (!batch.startedAt || !batch.finishedAt) return '–';
    return `took ${formatDuration(Date.parse(batch.finishedAt) - Date.parse(batch.startedAt))}`;
  }
  if (batch.status !== 'in-progress' || batch.paused || batch.queuedAt) return '–';
  if (batch.wakesAt) return <Time at={batch.wakesAt} prefix="due" className="relative" />;
  if (batch.notBefore && Date.parse(batch.notBefore) > Date.now())
    return <Time at={batch.notBefore} prefix="due" className="relative" />;
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

function Status({ batch }: { batch: BatchDto }) {
  const { mark, word } = batchLook(batch);
  return <StatusBadge status={mark} word={word} />;
}

export const BATCH_COLUMNS: readonly RecordColumn<BatchDto>[] = [
  {
    id: 'status',
    title: 'Status',
    track: '150px',
    least: 150,
    isFixed: true,
    phone: 'max-sm:order-2 max-sm:text-right',
    line: 'w-20',
    cell: (batch) => <Status batch={batch} />,
  },
  {
    id: 'name',
    title: 'Name',
    track: 'minmax(180px,1fr)',
    least: 180,
    isFixed: true,
    look: 'font-medium',
    phone: 'max-sm:order-1',
    line: 'w-3/5',
    cell: ({ id, name }) => <RecordName href={`/batches/${id}`} name={name} />,
  },
  {
    id: 'type',
    title: 'Type',
    track: '150px',
    least: 150,
    hide: '@max-5xl:hidden',
    look: 'text-muted',
    line: 'w-28',
    cell: ({ type }) => <TypeTitle type={type} />,
  },
  {
    id: 'progress',
    title: 'Progress',
    track: '150px',
    least: 150,
    phone: 'max-sm:order-3',
    line: 'h-1',
    cell: (batch) => <Bar batch={batch} />,
  },
  {
    id: 'done',
    title: 'Done',
    track: '120px',
    least: 120,
    right: true,
    hide: '@max-6xl:hidden',
    look: 'text-muted',
    line: 'ml-auto w-14',
    cell: (batch) => `${formatNumber(doneOf(batch))} / ${formatNumber(batch.total)}`,
    hint: ({ total }) => formatCount(total, 'item'),
  },
  {
    id: 'failed',
    title: 'Failed',
    track: '60px',
    least: 60,
    right: true,
    hide: '@max-3xl:hidden',
    line: 'ml-auto w-6',
    cell: ({ failed }) => <FailedCount value={failed} />,
  },
  {
    id: 'pace',
    title: 'Pace',
    track: '160px',
    least: 160,
    right: true,
    hide: '@max-3xl:hidden',
    look: 'text-muted',
    line: 'ml-auto w-20',
    cell: pace,
  },
  byColumn((batch) => batch),
  priorityColumn((batch) => batch),
  startedColumn((batch) => batch),
  finishedColumn((batch) => batch),
  createdColumn((batch) => batch),
];

/** A batch: one 32 px line on a desktop, two on a phone. The whole row links to its page. */
export function BatchRow({ batch, chosen }: { batch: BatchDto; chosen: ChosenColumns }) {
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <SelectCell row={batch} />
      <RecordCells columns={BATCH_COLUMNS} chosen={chosen} row={batch} />
    </TableRow>
  );
}
