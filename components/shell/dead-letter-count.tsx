'use client';

import { cn } from '@/components/ui/cn';
import { formatCount, formatNumber } from '@/components/ui/format';
import { useDeadLetterCount } from '@/lib/client/queries/dead-letters';

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 0 });

/** How many dead letters there are, beside their entry in the navigation. Absent while there are none. */
export function DeadLetterCount({ className }: { className: string }) {
  const { data: count = 0 } = useDeadLetterCount();
  if (count === 0) return null;
  return (
    <span
      title={formatCount(count, 'dead letter')}
      className={cn('rounded-full bg-sunken px-1.5 text-2xs tabular-nums leading-4', className)}
    >
      {count < 10_000 ? formatNumber(count) : compact.format(count)}
    </span>
  );
}
