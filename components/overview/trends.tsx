'use client';

import { formatDuration, formatFailures, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/api';
import { useHistory } from '@/lib/client/queries/history';
import type { HistoryDto, HistoryPoint } from '@/lib/contracts/history';
import { HISTORY_DEFAULT_MS } from '@/lib/contracts/history-steps';

const RANGES = [
  { step: 'minute', title: 'Last hour', href: '/history?range=1h', first: '1 h ago' },
  { step: 'hour', title: 'Last day', href: '/history?range=24h', first: '24 h ago' },
] as const;

/** What ended in the last hour and in the last day: completed above, failed below, on one time axis. */
export function Trends() {
  return (
    <div className="grid gap-4 md:grid-cols-2">
      {RANGES.map((range) => (
        <Trend key={range.step} {...range} />
      ))}
    </div>
  );
}

function Trend({ step, title, href, first }: (typeof RANGES)[number]) {
  const { data, error } = useHistory({ step, span: { lastMs: HISTORY_DEFAULT_MS[step] } });
  return (
    <Panel
      title={
        <Link href={href} className="hover:underline">
          {title}
        </Link>
      }
      actions={data ? <Summary total={data.total} /> : null}
    >
      {data ? (
        <figure className="m-0">
          <Bars points={data.points} kind="completed" />
          <Bars points={data.points} kind="failed" />
          <figcaption className="mt-1 flex justify-between gap-2 text-2xs text-muted">
            <span>{first}</span>
            <span>{endsOf(data.total)}</span>
            <span>now</span>
          </figcaption>
        </figure>
      ) : error ? (
        <p className="flex h-31 items-center text-muted text-sm">{describeError(error)}</p>
      ) : (
        <Skeleton className="h-31" />
      )}
    </Panel>
  );
}

function Summary({ total }: { total: HistoryDto['total'] }) {
  return (
    <span className="truncate text-muted text-xs">
      {formatNumber(total.completed)} completed ·{' '}
      <span className={total.failed > 0 ? 'text-status-failed' : undefined}>
        {formatNumber(total.failed)} failed{total.failed > 0 ? ` (${formatFailures(total)})` : ''}
      </span>
    </span>
  );
}

function endsOf({ completed, failed, cancelled, durationMs }: HistoryDto['total']): string {
  if (completed + failed + cancelled === 0) return 'nothing ended';
  if (durationMs.p50 === null || durationMs.p95 === null) return `${formatNumber(cancelled)} cancelled`;
  return `p50 ${formatDuration(durationMs.p50)}, p95 ${formatDuration(durationMs.p95)}`;
}

const WIDTH = 300;
const LOOK = {
  completed: { height: 72, className: 'h-18', fill: 'fill-status-completed' },
  failed: { height: 28, className: 'mt-1 h-7', fill: 'fill-status-failed' },
} as const;

function Bars({ points, kind }: { points: readonly HistoryPoint[]; kind: keyof typeof LOOK }) {
  const { height, className, fill } = LOOK[kind];
  const most = Math.max(0, ...points.map((point) => point[kind]));
  const width = WIDTH / Math.max(1, points.length);
  return (
    <div className="relative">
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        preserveAspectRatio="none"
        className={`block w-full ${className}`}
        aria-hidden="true"
      >
        <path d={`M0 ${height - 0.5}H${WIDTH}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
        {points.map((point, i) => {
          if (point[kind] === 0) return null;
          const tall = Math.max(2, (point[kind] / most) * (height - 2));
          return (
            <rect
              key={point.at}
              x={i * width}
              y={height - tall}
              width={Math.max(1, width - 0.8)}
              height={tall}
              className={fill}
            />
          );
        })}
      </svg>
      <span className="absolute top-0 left-0 bg-surface/80 pr-1 text-2xs text-muted">
        {kind}
        {most > 0 ? `, up to ${formatNumber(most)}` : ''}
      </span>
    </div>
  );
}
