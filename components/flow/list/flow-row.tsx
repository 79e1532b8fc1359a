'use client';

import { Fragment } from 'react';
import { SelectCell } from '@/components/selection/select-cell';
import { byColumn, createdColumn, finishedColumn } from '@/components/ui/common-columns';
import { formatCount, formatDuration, formatNumber, formatPercent } from '@/components/ui/format';
import { endedParts, Progress } from '@/components/ui/progress';
import { type ChosenColumns, RecordCells, type RecordColumn } from '@/components/ui/record-columns';
import { FailedCount, RecordName } from '@/components/ui/record-row';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableRow } from '@/components/ui/table';
import { TypeTitle } from '@/components/ui/type-title';
import { links } from '@/lib/client/links';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import { doneOf } from '@/lib/contracts/progress';

/** The grid of the list's own columns, where none were chosen. */
export const FLOW_GRID =
  '[--columns:minmax(0,1fr)_6rem] sm:[--columns:120px_minmax(0,1fr)_120px_80px] @3xl:[--columns:130px_minmax(0,1fr)_150px_90px_60px_80px] @5xl:[--columns:130px_minmax(0,1.5fr)_minmax(0,1fr)_150px_60px_50px_50px_80px_80px]';

function Bar({ flow }: { flow: FlowSummaryDto }) {
  const { counts, total, status, cancelMode } = flow;
  const done = doneOf({ ...counts, status, cancelMode });
  return (
    <span className="flex items-center gap-2">
      <Progress
        size="sm"
        label={`Progress of ${flow.name}`}
        total={total}
        parts={endedParts({ ...counts, status, cancelMode })}
      />
      <span className="w-9 shrink-0 text-right text-muted text-xs">
        {formatPercent(flow.progress, done === total, done > 0)}
      </span>
    </span>
  );
}

const took = ({ startedAt, finishedAt }: FlowSummaryDto): string =>
  startedAt && finishedAt ? formatDuration(Date.parse(finishedAt) - Date.parse(startedAt)) : '–';

export const FLOW_COLUMNS: readonly RecordColumn<FlowSummaryDto>[] = [
  {
    id: 'status',
    title: 'Status',
    track: '130px',
    least: 130,
    isFixed: true,
    phone: 'max-sm:order-2 max-sm:text-right',
    line: 'w-20',
    cell: ({ status, cancelMode }) => (
      <StatusBadge status={status} word={cancelMode && status === 'in-progress' ? 'cancelling' : undefined} />
    ),
  },
  {
    id: 'name',
    title: 'Name',
    track: 'minmax(180px,1.5fr)',
    least: 180,
    isFixed: true,
    look: 'font-medium',
    phone: 'max-sm:order-1',
    line: 'w-3/5',
    cell: ({ id, name }) => <RecordName href={links.flow(id)} name={name} />,
  },
  {
    id: 'types',
    title: 'Job types',
    track: 'minmax(140px,1fr)',
    least: 140,
    hide: '@max-5xl:hidden',
    look: 'text-muted',
    line: 'w-28',
    cell: ({ types }) =>
      types.map((type, i) => (
        <Fragment key={type}>
          {i > 0 ? ', ' : null}
          <TypeTitle type={type} />
        </Fragment>
      )),
  },
  {
    id: 'progress',
    title: 'Progress',
    track: '150px',
    least: 150,
    phone: 'max-sm:order-3',
    line: 'h-1',
    cell: (flow) => <Bar flow={flow} />,
  },
  {
    id: 'jobs',
    title: 'Jobs',
    track: '60px',
    least: 60,
    right: true,
    hide: '@max-3xl:hidden',
    look: 'text-muted',
    line: 'ml-auto w-8',
    cell: ({ total }) => formatNumber(total),
    hint: ({ total }) => formatCount(total, 'job'),
  },
  {
    id: 'levels',
    title: 'Levels',
    track: '50px',
    least: 50,
    right: true,
    hide: '@max-5xl:hidden',
    look: 'text-muted',
    line: 'ml-auto w-6',
    cell: ({ levels }) => formatNumber(levels),
  },
  {
    id: 'failed',
    title: 'Failed',
    track: '50px',
    least: 50,
    right: true,
    hide: '@max-3xl:hidden',
    line: 'ml-auto w-6',
    cell: ({ counts }) => <FailedCount value={counts.failed} />,
  },
  {
    id: 'took',
    title: 'Took',
    track: '80px',
    least: 80,
    right: true,
    hide: '@max-5xl:hidden',
    look: 'font-mono text-muted text-xs',
    line: 'ml-auto w-12',
    cell: took,
  },
  byColumn((flow) => flow),
  finishedColumn((flow) => flow),
  createdColumn((flow) => flow),
];

/** A flow: one 32 px line on a desktop, two on a phone. The whole row links to its page. */
export function FlowRow({ flow, chosen }: { flow: FlowSummaryDto; chosen: ChosenColumns }) {
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <SelectCell row={flow} />
      <RecordCells columns={FLOW_COLUMNS} chosen={chosen} row={flow} />
    </TableRow>
  );
}
