import { formatDuration, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { links } from '@/lib/client/links';
import type { HistoryDto } from '@/lib/contracts/history';
import { HISTORY_STEP_MS } from '@/lib/contracts/history-steps';
import { formatMoment } from './format-moment';
import { jobsQuery } from './history-view';

const ms = (value: number | null): string => (value === null ? '–' : formatDuration(value));
const HEADS = [
  'Started',
  'Completed',
  'Failed',
  'Cancelled',
  'Retried',
  'Duration p50',
  'p95',
  'Waited p50',
  'p95',
  'Waiting',
  'Workers',
];

/** The same points as in the charts, newest first, as a table. Failures link to their jobs. */
export function HistoryTable({ history, type }: { history: HistoryDto; type: string | undefined }) {
  const { step, points } = history;
  return (
    <section
      aria-label="History as a table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-180 overflow-auto rounded-md border bg-surface"
    >
      <table className="w-full min-w-220 border-collapse text-sm">
        <thead className="sticky top-0 bg-canvas text-muted text-xs">
          <tr>
            <th scope="col" className="h-8 px-3 text-left font-medium">
              From
            </th>
            {HEADS.map((head, i) => (
              <th key={`${head}${HEADS.indexOf(head) === i}`} scope="col" className="px-3 text-right font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...points].reverse().map((point) => {
            const from = Date.parse(point.at);
            const query = jobsQuery(from, from + HISTORY_STEP_MS[step], { status: 'failed', type });
            return (
              <tr key={point.at} className="h-(--row) border-t text-right hover:bg-hover">
                <th scope="row" className="whitespace-nowrap px-3 text-left font-normal">
                  {formatMoment(from, step)}
                </th>
                <td className="px-3">{formatNumber(point.started)}</td>
                <td className="px-3">{formatNumber(point.completed)}</td>
                <td className="px-3">
                  {point.failed === 0 ? (
                    '0'
                  ) : (
                    <Link href={links.jobs(query)} className="text-status-failed underline underline-offset-2">
                      {formatNumber(point.failed)}
                    </Link>
                  )}
                </td>
                <td className="px-3">{formatNumber(point.cancelled)}</td>
                <td className="px-3">{formatNumber(point.retried)}</td>
                <td className="px-3">{ms(point.durationMs.p50)}</td>
                <td className="px-3">{ms(point.durationMs.p95)}</td>
                <td className="px-3">{ms(point.waitedMs.p50)}</td>
                <td className="px-3">{ms(point.waitedMs.p95)}</td>
                <td className="px-3">{formatNumber(point.queued)}</td>
                <td className="px-3">{formatNumber(point.workers)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
