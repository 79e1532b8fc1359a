'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { formatDuration, formatNumber, formatRate } from '@/components/ui/format';
import { Skeleton } from '@/components/ui/skeleton';
import type { MarkStatus } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import { useStats } from '@/lib/client/queries/jobs';
import { useRunning } from './running';

interface FigureProps {
  label: string;
  mark?: MarkStatus;
  /** undefined while it is loading */
  value: ReactNode | undefined;
  href?: string;
  big?: boolean;
}

function Figure({ label, mark, value, href, big }: FigureProps) {
  return (
    <div
      className={cn(
        'relative min-w-0 flex-1 border-line border-r border-b px-3 py-2.5',
        big && 'max-lg:col-span-full lg:flex-[1.4]',
        href && 'hover:bg-hover has-[:focus-visible]:bg-hover',
      )}
    >
      <dt className="flex items-center gap-1.5 text-muted text-xs">
        {mark ? <StatusMark status={mark} still className="size-3" /> : null}
        {href ? (
          <Link href={href} className="truncate after:absolute after:inset-0">
            {label}
          </Link>
        ) : (
          <span className="truncate">{label}</span>
        )}
      </dt>
      <dd className={cn('truncate font-semibold tracking-tight', big ? 'text-2xl' : 'mt-1 text-lg')}>
        {value === undefined ? <Skeleton className={cn('my-1.5 w-16', big && 'h-5')} /> : value}
      </dd>
    </div>
  );
}

/** One line of figures: the present rate, and all jobs by outcome. */
export function Totals() {
  const { data: stats } = useStats();
  const { active, running } = useRunning();
  const rate = active.reduce((sum, batch) => sum + (batch.ratePerSecond ?? 0), 0);
  const count = (n: number | undefined) => (n === undefined ? undefined : formatNumber(n));
  return (
    <section aria-label="Totals" className="overflow-hidden rounded-md border bg-surface">
      <dl className="-mr-px -mb-px grid grid-cols-2 sm:grid-cols-3 lg:flex">
        <Figure
          big
          label="Throughput now"
          value={
            running.isPending
              ? undefined
              : running.isError && active.length === 0
                ? '–'
                : rate > 0
                  ? formatRate(rate)
                  : '0 /s'
          }
        />
        <Figure label="Active" mark="active" value={count(stats?.active)} href="/jobs?status=active" />
        <Figure label="Pending" mark="pending" value={count(stats?.pending)} href="/jobs?status=pending" />
        <Figure label="Completed" mark="completed" value={count(stats?.completed)} href="/jobs?status=completed" />
        <Figure label="Failed" mark="failed" value={count(stats?.failed)} href="/jobs?status=failed" />
        <Figure label="Success" value={stats && (stats.successRate === null ? '–' : `${stats.successRate}%`)} />
        <Figure
          label="Avg. duration"
          value={stats && (stats.averageDurationMs === null ? '–' : formatDuration(stats.averageDurationMs))}
        />
      </dl>
    </section>
  );
}
