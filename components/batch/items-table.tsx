'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatNumber } from '@/components/ui/format';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { usePhone } from '@/components/ui/use-phone';
import type { useBatchJobs } from '@/lib/client';
import type { BatchDto, JobDto } from '@/lib/contracts';
import { ItemRow } from './item-row';
import type { ItemFilters } from './use-item-filters';
import { useLivePages } from './use-live-pages';

const COLUMNS =
  '[--columns:40px_minmax(0,1fr)_64px] sm:[--columns:56px_120px_minmax(0,1fr)_84px] lg:[--columns:64px_128px_minmax(140px,1.1fr)_64px_84px_108px_minmax(0,1.6fr)]';

interface ItemsTableProps {
  batch: BatchDto;
  running: boolean;
  items: ItemFilters;
  query: ReturnType<typeof useBatchJobs>;
  rows: readonly JobDto[];
}

/** The items, virtualised: rows that are not on screen don't exist. Up and down move between rows, Enter opens. */
export function ItemsTable({ batch, running, items, query, rows }: ItemsTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = usePhone();
  const rowHeight = narrow ? 48 : 32;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const virtualizer = useVirtualizer({
    count: rows.length + (hasNextPage ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: narrow ? 0 : 32,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);

  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - 20) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const pages = query.data?.pages ?? [];
  const hold = (): boolean => scroller.current?.matches(':hover') ?? false;
  const problem = useLivePages({ batch, running, items, pages, visible: [shown[0]?.index ?? 0, last], hold });

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = Number((event.target as HTMLElement).dataset.row ?? Number.NaN);
    if (!step || Number.isNaN(at)) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    virtualizer.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus());
  };

  if (query.isError && rows.length === 0) {
    return (
      <ErrorState
        title="The items could not be read"
        detail={query.error.message}
        onRetry={() => void query.refetch()}
        retrying={query.isFetching}
      />
    );
  }
  if (query.isSuccess && rows.length === 0) return <NoItems items={items} running={running} />;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys between the rows' own links */}
      <div ref={scroller} onKeyDown={onKeyDown} className="max-h-[max(320px,calc(100dvh-220px))] overflow-y-auto">
        <Table className={COLUMNS} aria-label="Items" aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
          {narrow ? null : <Head />}
          {query.isPending ? (
            <SkeletonRows narrow={narrow} count={Math.min(12, Math.max(1, batch.total))} />
          ) : (
            <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
              {shown.map(({ index, start }) => {
                const job = rows[index];
                return job ? (
                  <ItemRow
                    key={job.id}
                    job={job}
                    index={index}
                    top={start}
                    narrow={narrow}
                    selected={job.id === items.jobId}
                    onOpen={items.openJob}
                  />
                ) : (
                  <div
                    key="more"
                    className="absolute inset-x-0 flex h-8 items-center px-3"
                    style={{ transform: `translateY(${start}px)` }}
                  >
                    <Skeleton className="w-1/3" />
                  </div>
                );
              })}
            </div>
          )}
        </Table>
      </div>
      <Foot
        rows={rows.length}
        more={hasNextPage}
        problem={problem ?? (query.isError ? query.error.message : null)}
        filtered={items.status.length > 0 || items.q !== ''}
        total={batch.total}
      />
    </>
  );
}

function Head() {
  return (
    <TableHeader className="sticky top-0 z-1">
      <TableHead>#</TableHead>
      <TableHead>Status</TableHead>
      <TableHead>Name</TableHead>
      <TableHead right className="max-lg:hidden">
        Attempts
      </TableHead>
      <TableHead right>Duration</TableHead>
      <TableHead className="pl-3 max-lg:hidden">Finished</TableHead>
      <TableHead className="max-lg:hidden">Reason</TableHead>
    </TableHeader>
  );
}

export function SkeletonRows({ count, narrow }: { count: number; narrow: boolean }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: count }, (_, i) => (
        <TableRow key={i} className={cn(narrow && 'h-12')}>
          <TableCell>
            <Skeleton className="w-6" />
          </TableCell>
          <TableCell>
            <Skeleton className="w-20" />
          </TableCell>
          <TableCell>
            <Skeleton className="w-2/3" />
          </TableCell>
        </TableRow>
      ))}
    </div>
  );
}

function NoItems({ items, running }: { items: ItemFilters; running: boolean }) {
  const what = items.status.length > 0 ? `No ${items.status[0]} items` : 'No items';
  return (
    <EmptyState
      title={items.q ? `${what} match “${items.q}”` : what}
      actions={
        items.status.length > 0 || items.q ? (
          <Button
            onClick={() => {
              items.setStatus([]);
              items.setQ('');
            }}
          >
            Clear filters
          </Button>
        ) : null
      }
    >
      {running && items.status.length > 0
        ? 'Items appear here as they reach this state.'
        : 'Names, inputs and errors were searched; #12 finds an item by its place.'}
    </EmptyState>
  );
}

interface FootProps {
  rows: number;
  more: boolean;
  problem: string | null;
  filtered: boolean;
  total: number;
}

function Foot({ rows, more, problem, filtered, total }: FootProps) {
  const all = filtered ? '' : ` of ${formatNumber(total)}`;
  return (
    <p className="flex min-h-8 items-center gap-3 border-t px-3 text-2xs text-muted max-md:flex-wrap">
      <span>
        {formatNumber(rows)}
        {all} loaded{more ? ', more as you scroll' : ''}
      </span>
      {problem ? (
        <span role="status" className="text-status-partial">
          Rows may be out of date: {problem}
        </span>
      ) : null}
      <span className="ml-auto max-md:hidden">↑ ↓ move, Enter opens</span>
    </p>
  );
}
