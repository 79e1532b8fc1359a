'use client';

import { cn } from '@/components/ui/cn';
import { formatCount } from '@/components/ui/format';
import { useCriticalCount } from '@/lib/client/queries/attention';

/** How many critical things need a person, beside the overview's entry in the navigation. Absent while there are none. */
export function CriticalCount({ className }: { className?: string }) {
  const { data: critical = 0 } = useCriticalCount();
  if (critical === 0) return null;
  return (
    <span
      className={cn(
        'rounded-full bg-status-failed-soft px-1.5 font-medium text-2xs text-status-failed tabular-nums leading-4',
        className,
      )}
    >
      <span aria-hidden="true">{critical}</span>
      <span className="sr-only">{formatCount(critical, 'critical item')}</span>
    </span>
  );
}
