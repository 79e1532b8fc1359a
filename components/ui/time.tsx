'use client';

import { useSyncExternalStore } from 'react';
import { formatClock, formatExact, formatRelative } from './format';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let moment = Date.now();

/** One timer for the whole page, so that a thousand rows do not start a thousand timers. */
function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    moment = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Returns the current time in milliseconds, updated every `everyMs`; null on the server, whose clock differs. */
export function useNow(everyMs = 1000): number | null {
  return useSyncExternalStore(
    listen,
    () => Math.floor(moment / everyMs) * everyMs,
    () => null,
  );
}

/** `as of 12:04:31`: the time of a panel's figures, if they are older than those at the top of the page. */
export function AsOf({ at }: { at: number }) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={formatExact(at)}
      className="shrink-0 text-muted text-xs"
      suppressHydrationWarning
    >
      as of {formatClock(at)}
    </time>
  );
}

interface TimeProps {
  at: string;
  /** text before the time: `started` */
  prefix?: string;
  className?: string;
}

/** `4 min ago`. The exact time is in the tooltip, for screen readers, and in copied text. */
export function Time({ at, prefix, className }: TimeProps) {
  const now = useNow(5000);
  const relative = now === null ? '' : formatRelative(at, Math.max(now, Date.now() - 5000));
  return (
    <time
      dateTime={at}
      title={now === null ? undefined : formatExact(at)}
      className={className}
      suppressHydrationWarning
      onCopy={(event) => {
        event.clipboardData.setData('text/plain', formatExact(at));
        event.preventDefault();
      }}
    >
      {prefix ? `${prefix} ` : ''}
      {relative || '…'}
    </time>
  );
}
