'use client';

import { cn } from '@/components/ui/cn';
import { formatClock } from '@/components/ui/format';
import { Tooltip } from '@/components/ui/tooltip';
import { useConnection } from '@/lib/client/live/use-connection';

const WORD = { connecting: 'connecting', live: 'live', reconnecting: 'reconnecting', offline: 'offline' };

/** `● live`, or `◌ reconnecting · data from 12:04:31`. */
export function LiveState() {
  const { state, dataFrom } = useConnection();
  const live = state === 'live';
  const stale = !live && dataFrom ? formatClock(dataFrom) : null;
  const explained = live
    ? 'This page updates live.'
    : state === 'connecting'
      ? 'Connecting to the event stream.'
      : 'The connection to Batchyard is lost. It reconnects automatically. Until then the numbers may be out of date.';
  return (
    <Tooltip content={explained} side="bottom">
      <button
        type="button"
        data-live={state}
        className="flex h-8 shrink-0 cursor-default items-center gap-1.5 rounded-md px-1.5 text-muted text-xs md:px-2"
      >
        <svg
          viewBox="0 0 10 10"
          aria-hidden="true"
          className={cn('size-2.5', live ? 'text-status-completed' : 'text-status-partial')}
        >
          {live ? (
            <circle cx="5" cy="5" r="4" fill="currentColor" />
          ) : (
            <circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 1.6" />
          )}
        </svg>
        <span role="status" className={cn(live && 'max-sm:sr-only')}>
          <span className="max-sm:sr-only">{WORD[state]}</span>
          {stale ? (
            <>
              <span className="max-sm:sr-only"> · data from </span>
              {stale}
            </>
          ) : null}
        </span>
      </button>
    </Tooltip>
  );
}
