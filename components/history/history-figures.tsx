import { formatDuration, formatFailures, formatNumber } from '@/components/ui/format';
import { Skeleton } from '@/components/ui/skeleton';
import type { HistoryDto } from '@/lib/contracts/history';

const ms = (value: number | null): string => (value === null ? '–' : formatDuration(value));

/** What ended in all of the range. */
export function HistoryFigures({ total }: { total: HistoryDto['total'] | undefined }) {
  const figures: [string, string | undefined][] = [
    ['Completed', total && formatNumber(total.completed)],
    ['Failed', total && `${formatNumber(total.failed)} (${formatFailures(total)})`],
    ['Cancelled', total && formatNumber(total.cancelled)],
    ['Retried', total && formatNumber(total.retried)],
    ['Duration p50 / p95', total && `${ms(total.durationMs.p50)} / ${ms(total.durationMs.p95)}`],
    ['Waited p50 / p95', total && `${ms(total.waitedMs.p50)} / ${ms(total.waitedMs.p95)}`],
  ];
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-md border bg-surface sm:grid-cols-3 lg:grid-cols-6">
      {figures.map(([label, value]) => (
        <div key={label} className="min-w-0 px-3 py-2">
          <dt className="truncate text-muted text-xs">{label}</dt>
          <dd className="mt-0.5 font-semibold text-lg tracking-tight max-sm:text-base">
            {value ?? <Skeleton className="my-1.5 w-16" />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
