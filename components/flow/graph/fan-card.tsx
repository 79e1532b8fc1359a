'use client';

import type { Node, NodeProps } from '@xyflow/react';
import { Layers, Plus } from 'lucide-react';
import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import { formatCount, formatNumber } from '@/components/ui/format';
import { StatusMark } from '@/components/ui/status-mark';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { useGraphActions } from './actions';
import { FAN_STEP, type FanItem, sayFan, sumOf } from './view';

export type FanNode = Node<{ item: FanItem; current: boolean; loading: boolean }, 'fan'>;

/** Many siblings as one node with counts by status. A click shows some of them. */
export const FanCard = memo(function FanCard({ data: { item, current, loading } }: NodeProps<FanNode>) {
  const { unfold } = useGraphActions();
  const { count, counts, below, partly, whole, planned } = item;
  const deeper = sumOf(below);
  const next = Math.min(count, FAN_STEP);
  const label = whole ? formatCount(count, 'job') : `${formatNumber(count)} more`;
  return (
    <button
      type="button"
      tabIndex={-1}
      data-fan={item.parentId}
      aria-label={`${label}${planned ? '' : `: ${sayFan(item)}`}. Show ${next}`}
      aria-busy={loading || undefined}
      title={planned ? undefined : sayFan(item)}
      onClick={() => unfold(item.parentId)}
      className={cn(
        'group pointer-events-auto relative flex h-full w-full flex-col justify-center gap-1 rounded-md border border-line-strong bg-surface px-2.5 text-left shadow-[3px_3px_0_-1px_var(--surface),3px_3px_0_0_var(--line-strong)] hover:border-accent',
        current && 'outline-2 outline-accent outline-offset-4',
        loading && 'animate-pulse-slow',
      )}
    >
      <span className="flex items-center gap-1.5 text-sm leading-4.5">
        <Layers className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
        <span className="min-w-0 flex-1 truncate font-medium">{label}</span>
        <span className="inline-flex items-center gap-0.5 text-muted text-xs group-hover:text-accent">
          <Plus className="size-3" aria-hidden="true" />
          {next === count ? 'show' : next}
        </span>
      </span>
      {planned ? (
        <span className="truncate text-muted text-xs">not launched yet</span>
      ) : (
        <span className="flex gap-2 overflow-hidden text-muted text-xs">
          {JOB_STATUSES.filter((status) => counts[status] > 0).map((status) => (
            <span key={status} className="inline-flex items-center gap-0.5">
              <StatusMark status={status} still={status !== 'active'} className="size-3" />
              {formatNumber(counts[status])}
            </span>
          ))}
          {deeper > 0 ? (
            <span className="inline-flex min-w-0 items-center gap-1 truncate">
              {partly ? 'at least' : '+'} {formatNumber(deeper)} below
              {below.failed > 0 ? (
                <span className="inline-flex items-center gap-0.5 text-status-failed">
                  <StatusMark status="failed" className="size-3" />
                  {formatNumber(below.failed)}
                </span>
              ) : null}
            </span>
          ) : null}
        </span>
      )}
    </button>
  );
});
