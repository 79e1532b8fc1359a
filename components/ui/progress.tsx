import { type Counters, cancelledAlone } from '@/lib/contracts/progress';
import { cn } from './cn';

export interface ProgressPart {
  value: number;
  status: 'completed' | 'failed' | 'cancelled' | 'active';
}

/** Returns the finished parts in the order of every bar; they add up to `doneOf`. */
export const endedParts = (counts: Omit<Counters, 'total'>): ProgressPart[] => [
  { status: 'completed', value: counts.completed },
  { status: 'failed', value: counts.failed },
  { status: 'cancelled', value: cancelledAlone(counts) },
];

interface ProgressProps {
  /** accessible name: what is progressing */
  label: string;
  total: number;
  /** drawn in this order from the left */
  parts: ProgressPart[];
  size?: 'sm' | 'md' | 'lg';
  className?: string;
}

const FILL = {
  completed: 'bg-status-completed',
  failed: 'bg-status-failed',
  cancelled: 'bg-status-cancelled opacity-50',
  active: 'bg-status-active animate-pulse-slow',
};

/** A progress bar by outcome. The active part is drawn but does not count as done. */
export function Progress({ label, total, parts, size = 'md', className }: ProgressProps) {
  const done = parts.reduce((sum, p) => (p.status === 'active' ? sum : sum + p.value), 0);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-valuetext={`${done} of ${total}`}
      className={cn(
        'flex w-full overflow-hidden rounded-sm bg-line',
        { sm: 'h-1', md: 'h-2', lg: 'h-3' }[size],
        className,
      )}
    >
      {parts.map((part) =>
        part.value > 0 && total > 0 ? (
          <span
            key={part.status}
            className={cn(
              'h-full min-w-0.5 shrink-0 first:min-w-px first:shrink transition-[width] duration-150',
              FILL[part.status],
            )}
            style={{ width: `${(part.value / total) * 100}%` }}
          />
        ) : null,
      )}
    </div>
  );
}
