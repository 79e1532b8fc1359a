'use client';

import { Notice } from '@/components/ui/notice';
import { useCapacity } from '@/lib/client/queries/system';

const asTime = (at: string): string => new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }).format(new Date(at));

/** A banner for when the queue is unreachable: no data is lost, and no job starts. */
export function QueueBanner() {
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
