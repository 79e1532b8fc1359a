'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useListSelection } from '@/components/selection/use-selection';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { Table } from '@/components/ui/table';
import { useRowHeight } from '@/components/ui/use-density';
import { usePhone } from '@/components/ui/use-phone';
import { useVirtualRowKeys } from '@/components/ui/use-virtual-row-keys';
import type { useBatchJobs } from '@/lib/client/queries/batch-items';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { ItemRow } from './item-row';
import { ItemsFoot, ItemsHead, NoItems, SkeletonRows } from './items-table-parts';
import type { ItemFilters } from './use-item-filters';
import { useLivePages } from './use-live-pages';

const NARROW = '[--columns:40px_minmax(0,1fr)_64px] sm:[--columns:56px_120px_minmax(0,1fr)_84px]';
/** By the number of fields of the results that are columns. */
const COLUMNS = [
  'lg:[--columns:64px_128px_minmax(140px,1.1fr)_64px_84px_108px_minmax(0,1.6fr)]',
  'lg:[--columns:64px_128px_minmax(140px,1.1fr)_64px_84px_108px_minmax(0,1.6fr)]',
  'lg:[--columns:64px_128px_minmax(140px,1.1fr)_64px_84px_108px_repeat(2,minmax(0,0.9fr))]',
  'lg:[--columns:64px_128px_minmax(140px,1fr)_64px_84px_108px_repeat(3,minmax(0,0.7fr))]',
  'lg:[--columns:64px_128px_minmax(140px,1fr)_64px_84px_108px_repeat(4,minmax(0,0.6fr))]',
];

/** What the server takes for the region, whose size it does not know. */
const FIRST_RECT = { width: 0, height: 700 };

interface ItemsTableProps {
  batch: BatchDto;
  running: boolean;
  items: ItemFilters;
  query: ReturnType<typeof useBatchJobs>;
  rows: readonly JobSummaryDto[];
}

/** The virtualized table of items. */
export function ItemsTable({ batch, running, items, query, rows }: ItemsTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = usePhone();
  const wide = useRowHeight();
  const rowHeight = narrow ? 48 : wide;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const virtualizer = useVirtualizer({
    count: rows.length + (hasNextPage ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingEnd: narrow ? 0 : 32,
    initialRect: FIRST_RECT,
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

  const selection = useListSelection();
  const onKeyDown = useVirtualRowKeys({
    scroller,
    count: rows.length,
    scrollTo: (index) => virtualizer.scrollToIndex(index),
    onExtend: (from, to) => {
      const [left, reached] = [rows[from], rows[to]];
      if (left && reached) selection?.extend(left.id, reached.id);
    },
  });

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
  // A slow search returns a partial page and continues on the next one.
  if (query.isSuccess && rows.length === 0 && !hasNextPage) return <NoItems items={items} running={running} />;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys between the rows' own links */}
      <div
        ref={scroller}
        onKeyDown={onKeyDown}
        className="max-h-[max(320px,calc(100dvh-220px))] scroll-pt-8 overflow-y-auto"
      >
        <Table
          className={cn(NARROW, COLUMNS[items.fields.length])}
          aria-label="Items"
          aria-rowcount={hasNextPage ? -1 : rows.length + 1}
        >
          {narrow ? null : <ItemsHead fields={items.fields} />}
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
                    fields={items.fields}
                    selected={job.id === items.jobId}
                    onOpen={items.openJob}
                  />
                ) : (
                  <div
                    key="more"
                    className="absolute inset-x-0 flex h-(--row) items-center px-3"
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
      <ItemsFoot
        rows={rows.length}
        more={hasNextPage}
        problem={problem ?? (query.isError ? query.error.message : null)}
        filtered={items.status.length > 0 || items.q !== '' || items.warned}
        total={batch.total}
      />
    </>
  );
}
