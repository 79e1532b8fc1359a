'use client';

import { formatNumber } from '@/components/ui/format';
import { RecordName, RowSkeletons } from '@/components/ui/record-row';
import { StatusBadge } from '@/components/ui/status-mark';
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { links } from '@/lib/client/links';
import type { BulkActionDto } from '@/lib/contracts/bulk-action';
import { ActionProgress } from './action-progress';
import { lookOf, titleOf, whatOf } from './action-words';

export const BULK_ACTION_COLUMNS =
  '[--columns:minmax(0,1fr)_7rem] sm:[--columns:110px_minmax(0,1fr)_120px_80px] @3xl:[--columns:110px_minmax(0,1fr)_minmax(0,1.2fr)_130px_90px_80px] @5xl:[--columns:120px_minmax(0,1fr)_minmax(0,1.4fr)_150px_70px_70px_110px_80px]';

export function BulkActionHeader() {
  return (
    <TableHeader className="max-sm:sr-only">
      <TableHead>Status</TableHead>
      <TableHead>Action</TableHead>
      <TableHead className="@max-3xl:hidden">Which jobs</TableHead>
      <TableHead>Progress</TableHead>
      <TableHead right className="@max-5xl:hidden">
        Skipped
      </TableHead>
      <TableHead right className="@max-5xl:hidden">
        Failed
      </TableHead>
      <TableHead className="@max-3xl:hidden">By</TableHead>
      <TableHead right>Started</TableHead>
    </TableHeader>
  );
}

/** A bulk action: one 32 px line on a desktop, two on a phone. The whole row links to its page. */
export function BulkActionRow({ bulkAction }: { bulkAction: BulkActionDto }) {
  const { mark, word } = lookOf(bulkAction);
  const { skipped, failed, by, createdAt } = bulkAction;
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <TableCell className="max-sm:order-2 max-sm:text-right">
        <StatusBadge status={mark} word={word} />
      </TableCell>
      <TableCell className="font-medium max-sm:order-1">
        <RecordName href={links.bulkAction(bulkAction.id)} name={titleOf(bulkAction)} />
      </TableCell>
      <TableCell className="font-mono text-muted text-xs @max-3xl:hidden">
        <span title={whatOf(bulkAction)}>{whatOf(bulkAction)}</span>
      </TableCell>
      <TableCell className="max-sm:order-3">
        <ActionProgress bulkAction={bulkAction} size="sm" />
      </TableCell>
      <TableCell right className="text-muted @max-5xl:hidden">
        {formatNumber(skipped)}
      </TableCell>
      <TableCell right className="@max-5xl:hidden">
        <span className={failed > 0 ? 'text-status-failed' : 'text-faint'}>{formatNumber(failed)}</span>
      </TableCell>
      <TableCell className="text-muted @max-3xl:hidden">{by}</TableCell>
      <TableCell right className="text-muted max-sm:order-4 max-sm:text-xs">
        <Time at={createdAt} className="relative" />
      </TableCell>
    </TableRow>
  );
}

const SKELETON = [
  ['max-sm:order-2', 'w-20'],
  ['max-sm:order-1', 'w-3/5'],
  ['@max-3xl:hidden', 'w-4/5'],
  ['max-sm:order-3', 'h-1'],
  ['@max-5xl:hidden', 'ml-auto w-6'],
  ['@max-5xl:hidden', 'ml-auto w-6'],
  ['@max-3xl:hidden', 'w-16'],
  ['max-sm:order-4', 'ml-auto w-14'],
] as const;

/** Placeholders for rows that are loading, with the final sizes. */
export function BulkActionRowSkeletons({ count }: { count: number }) {
  return <RowSkeletons count={count} cells={SKELETON} />;
}
