import { formatPercent } from '@/components/ui/format';

/** The name of the group of what has no batch. */
export const SINGLE = 'Single jobs and nodes of flows';

/** The part of the whole, as a bar with its number. */
export function Share({ part, total }: { part: number; total: number }) {
  const percent = total > 0 ? (part / total) * 100 : 0;
  return (
    <span className="flex w-28 shrink-0 items-center gap-2 text-muted text-xs tabular-nums max-sm:w-auto">
      <span aria-hidden="true" className="h-1.5 w-16 overflow-hidden rounded-full bg-sunken max-sm:hidden">
        <span className="block h-full rounded-full bg-status-failed" style={{ width: `${Math.max(percent, 2)}%` }} />
      </span>
      {formatPercent(percent, part === total)}
    </span>
  );
}
