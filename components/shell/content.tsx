'use client';

import type { ReactNode } from 'react';
import { Notice } from '@/components/ui/notice';
import { useStale } from '@/lib/client/live/use-connection';
import { useCapacity } from '@/lib/client/queries/system';
import { PauseBanner } from './pause-banner';

/** The scrolling region of the page. It is dimmed while its data may be out of date. */
export function Content({ children }: { children: ReactNode }) {
  const stale = useStale();
  return (
    <main
      id="content"
      tabIndex={-1}
      data-stale={stale || undefined}
      className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain outline-none transition-opacity duration-500 data-stale:opacity-70 print:overflow-visible"
    >
      <PauseBanner />
      <QueueBanner />
      {children}
    </main>
  );
}

const asTime = (at: string): string => new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }).format(new Date(at));

/** A banner for when the queue is unreachable: no data is lost, and no job starts. */
function QueueBanner() {
  const since = useCapacity().data?.queueAwaySince;
  if (!since) return null;
  return (
    <div className="px-4 pt-4 print:hidden">
      <Notice tone="warning">
        The queue can’t be reached since <time dateTime={since}>{asTime(since)}</time>. Launches are stored and start
        when it is back.
      </Notice>
    </div>
  );
}
