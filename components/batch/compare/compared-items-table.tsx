'use client';

import { Button } from '@/components/ui/button';
import { formatDuration, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { StatusMark } from '@/components/ui/status-mark';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { type CompareChoice, useComparedItems } from '@/lib/client/queries/compare';
import type { BatchDto } from '@/lib/contracts/batch';
import { ITEM_CHANGES, type ItemChange } from '@/lib/contracts/choices';
import type { ComparedItem, ComparedItemState, ComparisonDto } from '@/lib/contracts/compare';

const COLUMNS = '[--columns:minmax(0,1fr)_minmax(0,1fr)] @2xl:[--columns:minmax(0,1.2fr)_minmax(0,1fr)_minmax(0,1fr)]';

const CHANGE_WORDS: Record<ItemChange, string> = {
  'newly-failed': 'newly failed',
  'newly-completed': 'newly completed',
  'otherwise-changed': 'otherwise changed',
  same: 'the same',
  'only-here': 'only in this one',
  'only-there': 'only in the other',
};

interface ComparedItemsTableProps {
  batch: BatchDto;
  comparison: ComparisonDto;
  choice: CompareChoice;
}

/** The items of both sides, filtered by how they changed. The address holds the filter. */
export function ComparedItemsTable({ batch, comparison, choice }: ComparedItemsTableProps) {
  const [params, setParams] = useUrlFilters();
  const asked = params.get('change')?.split(',') ?? [];
  const change = ITEM_CHANGES.filter((each) => asked.includes(each));
  const toggle = (each: ItemChange) =>
    setParams({ change: change.includes(each) ? change.filter((other) => other !== each) : [...change, each] });
  return (
    <>
      <fieldset className="flex flex-wrap gap-1.5 border-b px-3 py-2">
        <legend className="sr-only">Show items by how they changed</legend>
        {ITEM_CHANGES.map((each) => (
          <Button
            key={each}
            size="sm"
            variant={change.includes(each) ? 'primary' : undefined}
            aria-pressed={change.includes(each)}
            disabled={comparison.changes[each] === 0 && !change.includes(each)}
            onClick={() => toggle(each)}
          >
            {formatNumber(comparison.changes[each])} {CHANGE_WORDS[each]}
          </Button>
        ))}
      </fieldset>
      <List batch={batch} choice={{ ...choice, match: comparison.matchedBy }} change={change} />
    </>
  );
}

function List({ batch, choice, change }: { batch: BatchDto; choice: CompareChoice; change: readonly ItemChange[] }) {
  const query = useComparedItems(batch.id, choice, { change, enabled: true });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <Skeleton className="m-3 w-56" />;
  if (query.isError && items.length === 0) {
    return (
      <ErrorState
        title="The items could not be read"
        detail={describeError(query.error)}
        onRetry={() => void query.refetch()}
        retrying={query.isFetching}
      />
    );
  }
  if (items.length === 0)
    return <EmptyState title="No item changed like this">Choose another change above.</EmptyState>;
  return (
    <div className="@container">
      <Table aria-label="Compared items" className={COLUMNS}>
        <TableHeader>
          <TableHead className="@max-2xl:hidden">Item</TableHead>
          <TableHead>This one</TableHead>
          <TableHead>Compared with</TableHead>
        </TableHeader>
        {items.map((item) => (
          <Row key={`${item.here?.jobId} ${item.there?.jobId}`} item={item} />
        ))}
      </Table>
      {query.hasNextPage ? (
        <div className="border-t px-3 py-1.5">
          <Button variant="link" size="sm" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more items
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Row({ item }: { item: ComparedItem }) {
  const { name, index } = item.here ?? item.there ?? { name: '', index: null };
  return (
    <TableRow className="h-auto min-h-(--row) py-1">
      <TableCell className="@max-2xl:col-span-2 @max-2xl:font-medium">
        <span className="mr-2 font-mono text-muted text-xs">{index === null ? '' : `#${index + 1}`}</span>
        {name} <span className="text-muted text-xs">{CHANGE_WORDS[item.change]}</span>
      </TableCell>
      <State state={item.here} />
      <State state={item.there} />
    </TableRow>
  );
}

function State({ state }: { state: ComparedItemState | null }) {
  if (!state) return <TableCell className="text-muted">not in it</TableCell>;
  const { error } = state;
  return (
    <TableCell>
      <Link href={links.job(state.jobId)} className="inline-flex items-center gap-1.5 hover:underline">
        <StatusMark status={state.state === 'open' ? 'pending' : state.state} still />
        {state.state}
        {state.durationMs === null ? null : (
          <span className="text-muted text-xs">{formatDuration(state.durationMs)}</span>
        )}
      </Link>
      {error ? (
        <span className="block truncate text-muted text-xs" title={error.message}>
          {error.message}
        </span>
      ) : null}
    </TableCell>
  );
}
