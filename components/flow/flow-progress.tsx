'use client';

import { formatCount, formatDuration, formatElapsed, formatNumber, formatPercent } from '@/components/ui/format';
import { endedParts, Progress } from '@/components/ui/progress';
import { STATUS_LOOK } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import { useNow } from '@/components/ui/time';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import { doneOf } from '@/lib/contracts/progress';
import { JOB_STATUSES } from '@/lib/contracts/status';

/** The progress of a flow and its jobs by status, from one server snapshot, so that the numbers always add up. */
export function FlowProgress({ flow }: { flow: FlowSummaryDto }) {
  const { counts, total } = flow;
  const cancelled = flow.status === 'cancelled';
  const done = doneOf({ ...counts, status: flow.status, cancelMode: flow.cancelMode });
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-baseline gap-x-4">
        <p className="font-semibold text-2xl tracking-tight" data-testid="percent">
          {cancelled ? 'Cancelled at ' : ''}
          {formatPercent(flow.progress, done === total, done > 0)}
        </p>
        <p className="text-muted text-sm">
          <span className="text-ink">{formatNumber(done)}</span> of {formatCount(total, 'job')}
          {cancelled ? ' ran' : ''}
        </p>
        <ul aria-label="Jobs by status" className="flex flex-wrap gap-x-3 text-sm">
          {JOB_STATUSES.filter((status) => counts[status] > 0).map((status) => (
            <li key={status} data-counter={status} className="flex items-baseline gap-1.5">
              <StatusMark status={status} className="self-center" />
              <span className="font-medium">{formatNumber(counts[status])}</span>
              <span className="text-muted">{STATUS_LOOK[status].word}</span>
            </li>
          ))}
        </ul>
        <Took flow={flow} />
      </div>
      <Progress
        label={`Progress of ${flow.name}`}
        total={total}
        parts={[
          ...endedParts({ ...counts, status: flow.status, cancelMode: flow.cancelMode }),
          { status: 'active', value: counts.active },
        ]}
      />
    </div>
  );
}

function Took({ flow }: { flow: FlowSummaryDto }) {
  const now = useNow(1_000);
  if (!flow.startedAt) return null;
  const began = Date.parse(flow.startedAt);
  const text = flow.finishedAt
    ? `took ${formatDuration(Date.parse(flow.finishedAt) - began)}`
    : now === null
      ? null
      : `running ${formatElapsed(now - began)}`;
  return <p className="ml-auto text-muted text-sm max-sm:hidden">{text}</p>;
}
