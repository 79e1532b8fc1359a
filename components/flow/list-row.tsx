'use client';

import { ChevronDown, ChevronRight, Layers } from 'lucide-react';
import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import { STATUS_LOOK } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import { links } from '@/lib/client/links';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { FAN_STEP, type FanItem, type JobItem, sumOf } from './graph/view';

const INDENT = 18;
const rowStyle =
  'flex h-full w-full items-center gap-2 border-b pr-3 text-sm outline-offset-[-2px] hover:bg-hover focus-visible:bg-hover';

interface RowProps {
  focusable: boolean;
  onFocus: () => void;
}

interface JobRowProps extends RowProps {
  item: JobItem;
  open: ((jobId: string) => void) | null;
  unfold: (parentId: string) => void;
  fold: (parentId: string) => void;
}

/** A job, below its parent. */
export const JobRow = memo(function JobRow({ item, focusable, onFocus, open, unfold, fold }: JobRowProps) {
  const { node, depth, unfolded } = item;
  const parent = node.childCount > 0;
  const Fold = unfolded ? ChevronDown : ChevronRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles keys for its rows
    <div
      role="treeitem"
      tabIndex={focusable ? 0 : -1}
      aria-level={depth + 1}
      aria-expanded={parent ? unfolded : undefined}
      aria-selected={false}
      data-row={node.id}
      data-job={node.id}
      className={cn(rowStyle, open && 'cursor-pointer')}
      style={{ paddingLeft: 8 + Math.min(depth, 24) * INDENT }}
      onFocus={onFocus}
      onClick={() => open?.(node.id)}
    >
      {parent ? (
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          className="grid size-6 shrink-0 place-items-center rounded-sm text-muted hover:bg-line hover:text-ink"
          onClick={(event) => {
            event.stopPropagation();
            if (unfolded) fold(node.id);
            else unfold(node.id);
          }}
        >
          <Fold className="size-3.5" />
        </button>
      ) : (
        <span className="w-6 shrink-0" />
      )}
      {node.status ? <StatusMark status={node.status} /> : null}
      {open && node.job ? (
        <a
          href={links.job(node.id)}
          tabIndex={-1}
          className="min-w-0 truncate font-medium outline-none"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return event.stopPropagation();
            event.preventDefault();
          }}
        >
          {node.name}
        </a>
      ) : (
        <span className="min-w-0 truncate font-medium">{node.name}</span>
      )}
      {parent ? (
        <span className="shrink-0 text-muted text-xs">
          {formatNumber(node.childCount)}
          <span className="sr-only"> below</span>
        </span>
      ) : null}
      <span className="ml-auto min-w-0 truncate text-muted text-xs @max-lg:hidden">{node.type}</span>
      {node.policy === 'fail-parent' ? null : (
        <span className="shrink-0 text-faint text-xs @max-2xl:hidden">{node.policy}</span>
      )}
      <span className="w-16 shrink-0 text-right text-muted text-xs @max-md:hidden">
        {node.job?.durationMs == null ? '' : formatDuration(node.job.durationMs)}
      </span>
      {node.status ? (
        <span
          className={cn(
            'w-32 shrink-0 font-medium text-xs @max-lg:ml-auto @max-lg:w-auto',
            STATUS_LOOK[node.status].text,
          )}
        >
          {STATUS_LOOK[node.status].word}
        </span>
      ) : null}
    </div>
  );
});

interface FanRowProps extends RowProps {
  item: FanItem;
  loading: boolean;
  unfold: (parentId: string) => void;
}

/** A fan: the number of folded jobs. */
export const FanRow = memo(function FanRow({ item, loading, focusable, onFocus, unfold }: FanRowProps) {
  const label = `${formatCount(item.count, 'job')}${item.whole ? '' : ' more'}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles keys for its rows
    <div
      role="treeitem"
      tabIndex={focusable ? 0 : -1}
      aria-level={item.depth + 1}
      aria-expanded={false}
      aria-selected={false}
      aria-busy={loading || undefined}
      data-row={item.id}
      data-fan={item.parentId}
      className={cn(rowStyle, 'cursor-pointer text-muted', loading && 'animate-pulse-slow')}
      style={{ paddingLeft: 8 + Math.min(item.depth, 24) * INDENT }}
      onFocus={onFocus}
      onClick={() => unfold(item.parentId)}
    >
      <span className="grid size-6 shrink-0 place-items-center">
        <ChevronRight className="size-3.5" />
      </span>
      <Layers className="size-3.5 shrink-0" aria-hidden="true" />
      <span className="min-w-0 truncate">{label}</span>
      <span className="ml-auto flex shrink-0 gap-2 text-xs">
        {JOB_STATUSES.filter((status) => item.counts[status] > 0).map((status) => (
          <span key={status} className="inline-flex items-center gap-1">
            <StatusMark status={status} still className="size-3" />
            {formatNumber(item.counts[status])}
            <span className="sr-only"> {STATUS_LOOK[status].word}</span>
          </span>
        ))}
        {sumOf(item.below) > 0 ? (
          <span>
            {item.partly ? 'at least' : '+'} {formatNumber(sumOf(item.below))} below
          </span>
        ) : null}
        {item.below.failed > 0 ? (
          <span className="inline-flex items-center gap-1 text-status-failed">
            <StatusMark status="failed" className="size-3" />
            {formatNumber(item.below.failed)}
            <span className="sr-only"> failed below</span>
          </span>
        ) : null}
      </span>
      <span className="sr-only">Enter shows {Math.min(item.count, FAN_STEP)}.</span>
    </div>
  );
});
