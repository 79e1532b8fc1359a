import { formatDuration, formatNumber } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { ComparisonDto } from '@/lib/contracts/compare';

const COLUMNS = '[--columns:minmax(0,1fr)_repeat(4,minmax(0,5.5rem))]';

/** How long items took in both: percentiles, total, and the distributions side by side in the same steps. */
export function Durations({ comparison }: { comparison: ComparisonDto }) {
  const { here, there, histogram } = comparison;
  const rows = [
    { label: 'This one', ...here.durations },
    { label: 'Compared with', ...there.durations },
  ];
  if (here.durations.items + there.durations.items === 0) return null;
  const ms = (value: number | null) => (value === null ? '–' : formatDuration(value));
  return (
    <Panel title="Durations" flush>
      <Table aria-label="Durations of items" className={COLUMNS}>
        <TableHeader>
          <TableHead>Last attempt of each item</TableHead>
          <TableHead right>Items</TableHead>
          <TableHead right>p50</TableHead>
          <TableHead right>p95</TableHead>
          <TableHead right>Total</TableHead>
        </TableHeader>
        {rows.map(({ label, items, p50, p95, totalMs }) => (
          <TableRow key={label}>
            <TableCell>{label}</TableCell>
            <TableCell right>{formatNumber(items)}</TableCell>
            <TableCell right>{ms(p50)}</TableCell>
            <TableCell right>{ms(p95)}</TableCell>
            <TableCell right>{formatDuration(totalMs)}</TableCell>
          </TableRow>
        ))}
      </Table>
      <Distribution histogram={histogram} totals={[here.durations.items, there.durations.items]} />
    </Panel>
  );
}

type Steps = ComparisonDto['histogram'];

/** Shares, not counts: batches of different sizes are compared. The numbers are in the description of each step. */
function Distribution({ histogram, totals }: { histogram: Steps; totals: [number, number] }) {
  const share = (count: number, total: number) => (total > 0 ? count / total : 0);
  const most = Math.max(
    Number.EPSILON,
    ...histogram.flatMap(({ here, there }) => [share(here, totals[0]), share(there, totals[1])]),
  );
  const height = (count: number, total: number) =>
    count === 0 ? '0' : `${Math.max(2, (100 * share(count, total)) / most)}%`;
  const [first, last] = [histogram[0], histogram.at(-1)];
  if (!first || !last) return null;
  return (
    <figure className="m-0 flex flex-col gap-1 p-3">
      <div className="flex h-24 items-end gap-px" aria-hidden="true">
        {histogram.map((step) => (
          <div
            key={step.fromMs}
            className="flex h-full min-w-0 flex-1 items-end justify-center gap-px"
            title={`${formatDuration(step.fromMs)} to ${formatDuration(step.toMs)}: ${formatNumber(step.here)} of this one, ${formatNumber(step.there)} of the other`}
          >
            <span
              className="w-1/2 max-w-4 rounded-t-sm bg-accent-fill"
              style={{ height: height(step.here, totals[0]) }}
            />
            <span
              className="w-1/2 max-w-4 rounded-t-sm border border-line-strong border-b-0 bg-canvas"
              style={{ height: height(step.there, totals[1]) }}
            />
          </div>
        ))}
      </div>
      <figcaption className="flex flex-wrap justify-between gap-2 border-t pt-1 text-2xs text-muted">
        <span>{formatDuration(first.fromMs)}</span>
        <span>
          <span className="mr-1 inline-block size-2 rounded-sm bg-accent-fill" aria-hidden="true" />
          this one
          <span
            className="mr-1 ml-3 inline-block size-2 rounded-sm border border-line-strong bg-canvas"
            aria-hidden="true"
          />
          compared with, as shares of their items
        </span>
        <span>{formatDuration(last.toMs)}</span>
      </figcaption>
    </figure>
  );
}
