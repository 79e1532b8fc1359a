'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { cn } from '@/components/ui/cn';
import { formatNumber } from '@/components/ui/format';
import { StatusMark } from '@/components/ui/status-mark';
import type { InputIssue } from '@/lib/contracts/errors';

interface RowsPreviewProps {
  label: string;
  rows: readonly { row: number; text: string }[];
  issues: readonly InputIssue[];
  /** returns the text of a row that is not in `rows` */
  textOf?: (row: number) => string;
  className?: string;
}

function byRow(issues: readonly InputIssue[]): Map<number, InputIssue[]> {
  const groups = new Map<number, InputIssue[]>();
  for (const issue of issues) groups.set(issue.row ?? 0, [...(groups.get(issue.row ?? 0) ?? []), issue]);
  return groups;
}

/** Rows with their errors; rows with errors come first. */
export function RowsPreview({ label, rows, issues, textOf, className }: RowsPreviewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const wrong = byRow(issues);
  const texts = new Map(rows.map(({ row, text }) => [row, text]));
  const first = [...wrong.keys()]
    .sort((a, b) => a - b)
    .map((row) => ({ row, text: texts.get(row) ?? textOf?.(row) ?? '' }));
  const shown = [...first, ...rows.filter(({ row }) => !wrong.has(row))];
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 10,
  });
  return (
    <section
      ref={scroller}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className={cn('max-h-64 overflow-y-auto rounded-md border', className)}
    >
      <ol className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const entry = shown[item.index];
          if (!entry) return null;
          const problems = wrong.get(entry.row);
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={cn(
                'absolute inset-x-0 top-0 grid gap-2 border-b px-2 py-1 text-xs',
                wrong.size > 0 ? 'grid-cols-[84px_minmax(0,1fr)]' : 'grid-cols-[48px_minmax(0,1fr)]',
                problems && 'bg-status-failed-soft',
              )}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <span
                className={cn(
                  'flex items-center justify-end gap-1.5 self-start whitespace-nowrap text-muted',
                  problems && 'text-status-failed',
                )}
              >
                {problems ? <StatusMark status="failed" className="size-3" /> : null}
                {entry.row > 0 ? `${problems ? 'row ' : ''}${formatNumber(entry.row)}` : ''}
              </span>
              <span className="min-w-0">
                <span className="block truncate font-mono">{entry.text}</span>
                {problems?.map((issue) => (
                  <span
                    key={`${issue.path} ${issue.message}`}
                    className="block text-status-failed [overflow-wrap:anywhere]"
                  >
                    {issue.path ? <span className="font-mono">{issue.path}</span> : null} {issue.message}
                  </span>
                ))}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
