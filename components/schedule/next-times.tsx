'use client';

import { Skeleton } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { type TimingBody, usePreview } from '@/lib/client/queries/schedules';
import { formatInZone, ownZone } from './zone-time';

interface NextTimesProps {
  /** null: it is not complete yet */
  timing: TimingBody | null;
  count?: number;
}

/** When a schedule fires: in words, and its next times in its time zone and in one's own. */
export function NextTimes({ timing, count = 5 }: NextTimesProps) {
  const { data, error, isPending } = usePreview(timing, count);
  if (timing === null) return <p className="text-muted text-sm">The next times are shown here.</p>;
  if (error) {
    return (
      <p role="alert" className="text-sm text-status-failed">
        {describeError(error)}
      </p>
    );
  }
  if (isPending) return <Skeleton className="w-56" />;
  const { timeZone } = timing;
  const own = ownZone();
  return (
    <div aria-live="polite" className="space-y-2 text-sm">
      <p className="font-medium">
        {data.words} <span className="font-normal text-muted">in {timeZone}</span>
      </p>
      {data.times.length === 0 ? <p className="text-muted">There is no further time.</p> : null}
      <ol aria-label="Next times" className="space-y-1.5">
        {data.times.map(({ at, note }) => (
          <li key={at}>
            <span className="font-mono text-xs">{formatInZone(at, timeZone)}</span>
            {own === timeZone ? null : <span className="text-muted text-xs"> · {formatInZone(at, own)} here</span>}
            <span className="text-muted text-xs">
              {' · '}
              <Time at={at} />
            </span>
            {note ? <p className="text-status-partial text-xs">{note}</p> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}
