'use client';

import { cn } from '@/components/ui/cn';
import { formatClock, formatElapsed, formatExact } from '@/components/ui/format';
import { StatusMark } from '@/components/ui/status-mark';
import { Time, useNow } from '@/components/ui/time';
import type { JobDetailDto } from '@/lib/contracts/job';
import { type TimelineEntry, timelineOf } from './timeline';

/** The history of a job, oldest event first. */
export function Timeline({ job }: { job: JobDetailDto }) {
  const entries = timelineOf(job);
  return (
    <ol aria-label="Timeline" className="flex flex-col">
      {entries.map((entry, i) => (
        <li key={entry.key} className="relative flex gap-2.5 pb-3 last:pb-0">
          {i < entries.length - 1 ? (
            <span
              aria-hidden="true"
              className="absolute top-5 bottom-0 left-1.75 w-px -translate-x-1/2 bg-line-strong"
            />
          ) : null}
          <StatusMark status={entry.mark} still={!entry.ongoing} className="mt-0.75" />
          <div className="min-w-0 flex-1">
            <p className="flex items-baseline gap-2 text-sm">
              <span className={cn('min-w-0 flex-1 [overflow-wrap:anywhere]', entry.ongoing && 'font-medium')}>
                {entry.title}
              </span>
              <Moment entry={entry} />
            </p>
            {entry.detail ? (
              <p className="line-clamp-4 text-muted text-xs [overflow-wrap:anywhere]" title={entry.detail}>
                {entry.detail}
              </p>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Moment({ entry }: { entry: TimelineEntry }) {
  if (!entry.at) return null;
  if (entry.ongoing) return <Since at={entry.at} />;
  if (Date.parse(entry.at) > Date.now()) return <Time at={entry.at} className="text-muted" />;
  return (
    <time
      dateTime={entry.at}
      title={formatExact(entry.at)}
      className="font-mono text-2xs text-muted"
      suppressHydrationWarning
    >
      {formatClock(entry.at)}
    </time>
  );
}

function Since({ at }: { at: string }) {
  const now = useNow(1_000);
  if (now === null) return null;
  return <span className="font-mono text-2xs text-muted">{formatElapsed(now - Date.parse(at))}</span>;
}
