'use client';

import type { ReactNode } from 'react';
import { useStale } from '@/lib/client/live/use-connection';
import { QueueBanner } from './queue-banner';

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
      <QueueBanner />
      {children}
    </main>
  );
}
