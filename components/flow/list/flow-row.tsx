'use client';

import { Fragment } from 'react';
import { SelectAllCell, SelectCell } from '@/components/selection/select-cell';
import { formatCount, formatDuration, formatNumber, formatPercent } from '@/components/ui/format';
import { endedParts, Progress } from '@/components/ui/progress';
import { FailedCount, RecordName, RowSkeletons } from '@/components/ui/record-row';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import { links } from '@/lib/client/links';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import { doneOf } from '@/lib/contracts/progress';

export const FLOW_COLUMNS =
  '[--columns:minmax(0,1fr)_6rem] sm:[--columns:120px_minmax(0,1fr)_120px_80px] @3xl:[--columns:130px_minmax(0,1fr)_150px_90px_60px_80px] @5xl:[--columns:130px_minmax(0,1.5fr)_minmax(0,1fr)_150px_60px_50px_50px_80px_80px]';

export function FlowHeader() {
  return (
    <TableHeader className="max-sm:sr-only">
      <SelectAllCell what="flows" />
      <TableHead>Status</TableHead>
      <TableHead>Name</TableHead>
      <TableHead className="@max-5xl:hidden">Job types</TableHead>
      <TableHead>Progress</TableHead>
      <TableHead right className="@max-3xl:hidden">
        Jobs
      </TableHead>
      <TableHead right className="@max-5xl:hidden">
        Levels
      </TableHead>
      <TableHead right className="@max-3xl:hidden">
        Failed
      </TableHead>
      <TableHead right className="@max-5xl:hidden">
        Took
      </TableHead>
      <TableHead right>Created</TableHead>
    </TableHeader>
  );
}

/** A flow: one 32 px line on a desktop, two on a phone. The whole row links to its page. */
export function FlowRow({ flow }: { flow: FlowSummaryDto }) {
  const { counts, total } = flow;
  const done = doneOf({ ...counts, status: flow.status, cancelMode: flow.cancelMode });
  const took = flow.startedAt && flow.finishedAt ? Date.parse(flow.finishedAt) - Date.parse(flow.startedAt) : null;
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <SelectCell row={flow} />
      <TableCell className="max-sm:order-2 max-sm:text-right">
        <StatusBadge
          status={flow.status}
          word={flow.cancelMode && flow.status === 'in-progress' ? 'cancelling' : undefined}
        />
      </TableCell>
      <TableCell className="font-medium max-sm:order-1">
        <RecordName href={links.flow(flow.id)} name={flow.name} />
      </TableCell>
      <TableCell className="text-muted @max-5xl:hidden">
        {flow.types.map((type, i) => (
          <Fragment key={type}>
            {i > 0 ? ', ' : null}
            <TypeTitle type={type} />
          </Fragment>
        ))}
      </TableCell>
      <TableCell className="max-sm:order-3">
        <span className="flex items-center gap-2">
          <Progress
            size="sm"
            label={`Progress of ${flow.name}`}
            total={total}
            parts={endedParts({ ...counts, status: flow.status, cancelMode: flow.cancelMode })}
          />
          <span className="w-9 shrink-0 text-right text-muted text-xs">
            {formatPercent(flow.progress, done === total, done > 0)}
          </span>
        </span>
      </TableCell>
      <TableCell right className="text-muted @max-3xl:hidden" title={formatCount(total, 'job')}>
        {formatNumber(total)}
      </TableCell>
      <TableCell right className="text-muted @max-5xl:hidden">
        {formatNumber(flow.levels)}
      </TableCell>
      <TableCell right className="@max-3xl:hidden">
        <FailedCount value={counts.failed} />
      </TableCell>
      <TableCell right className="font-mono text-muted text-xs @max-5xl:hidden">
        {took === null ? '–' : formatDuration(took)}
      </TableCell>
      <TableCell right className="text-muted max-sm:order-4 max-sm:text-xs">
        <Time at={flow.createdAt} className="relative" />
      </TableCell>
    </TableRow>
  );
}

const SKELETON = [
  ['max-sm:order-2', 'w-20'],
  ['max-sm:order-1', 'w-3/5'],
  ['@max-5xl:hidden', 'w-28'],
  ['max-sm:order-3', 'h-1'],
  ['@max-3xl:hidden', 'ml-auto w-8'],
  ['@max-5xl:hidden', 'ml-auto w-6'],
  ['@max-3xl:hidden', 'ml-auto w-6'],
  ['@max-5xl:hidden', 'ml-auto w-12'],
  ['max-sm:order-4', 'ml-auto w-14'],
] as const;

/** Placeholders for rows that are loading, with the final sizes. */
export function FlowRowSkeletons({ count }: { count: number }) {
  return <RowSkeletons count={count} cells={SKELETON} />;
}
