'use client';

import { Layers, Plus } from 'lucide-react';
import Link from 'next/link';
import { useCallback } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Table } from '@/components/ui/table';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { usePhone } from '@/components/ui/use-phone';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { VirtualTable } from '@/components/ui/virtual-table';
import { describeError } from '@/lib/client/api';
import { useBatches } from '@/lib/client/queries/use-batches';
import { BATCH_COLUMNS, BatchHeader, BatchRow, BatchRowSkeletons } from './batch-row';
import { BatchFilterBar, useBatchFilters } from './filters';

function NoBatches({ filtered }: { filtered: boolean }) {
  const [, change] = useUrlFilters();
  if (filtered) {
    return (
      <EmptyState
        title="No batch fits these filters"
        actions={<Button onClick={() => change({ q: '', type: '', status: '' })}>Show all batches</Button>}
      >
        Take a filter away, or search for part of a name.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Layers />}
      title="No batches yet"
      actions={
        <Button variant="primary" asChild>
          <Link href="/batches/new">
            <Plus /> New batch
          </Link>
        </Button>
      }
    >
      A batch is many items and one thing to do with each: drop documents or paste rows, and watch every one of them.
    </EmptyState>
  );
}

/** All batches, newest first, live. */
export function BatchList() {
  const filters = useBatchFilters();
  const scope = JSON.stringify(filters);
  const query = useBatches(filters);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const all = query.data?.pages.flatMap((page) => page.batches) ?? [];
  const held = useHeldRows(all, scope);
  const phone = usePhone();
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  const table = () => {
    if (query.isPending) {
      return (
        <div className="@container rounded-md border bg-surface">
          <Table aria-label="Batches, being read" aria-busy="true" className={BATCH_COLUMNS}>
            <BatchHeader />
            <BatchRowSkeletons count={12} />
          </Table>
        </div>
      );
    }
    if (query.isError && all.length === 0) {
      return (
        <ErrorState
          title="The batches could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      );
    }
    if (all.length === 0) return <NoBatches filtered={scope !== '{}'} />;
    return (
      <VirtualTable
        label="Batches"
        columns={BATCH_COLUMNS}
        header={<BatchHeader />}
        rows={held.rows}
        rowKey={(batch) => batch.id}
        renderRow={(batch) => <BatchRow batch={batch} />}
        rowHeight={phone ? 56 : 32}
        hasMore={hasNextPage}
        loadingMore={isFetchingNextPage}
        onEnd={readOn}
        scope={scope}
        stale={query.isPlaceholderData}
        waiting={held.waiting}
        onShowWaiting={held.release}
      />
    );
  };

  return (
    <>
      <BatchFilterBar filters={filters} />
      {table()}
    </>
  );
}
