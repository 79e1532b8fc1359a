'use client';

import { Plus, Workflow } from 'lucide-react';
import Link from 'next/link';
import { useCallback } from 'react';
import { Button } from '@/components/ui/button';
import { SearchInput } from '@/components/ui/search-input';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { StatusFilter } from '@/components/ui/status-filter';
import { Table } from '@/components/ui/table';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { usePhone } from '@/components/ui/use-phone';
import { listParam, useUrlFilters } from '@/components/ui/use-url-filters';
import { VirtualTable } from '@/components/ui/virtual-table';
import { describeError } from '@/lib/client/api';
import type { FlowFilters } from '@/lib/client/keys';
import { useFlows } from '@/lib/client/queries/use-flows';
import { FLOW_STATUSES } from '@/lib/contracts/flow';
import { FLOW_COLUMNS, FlowHeader, FlowRow, FlowRowSkeletons } from './flow-row';

function useFlowFilters(): FlowFilters {
  const [params] = useUrlFilters();
  const status = listParam(params, 'status', FLOW_STATUSES);
  const q = params.get('q')?.slice(0, 200);
  return { ...(status.length > 0 ? { status } : {}), ...(q ? { q } : {}) };
}

function NoFlows({ filtered }: { filtered: boolean }) {
  const [, change] = useUrlFilters();
  if (filtered) {
    return (
      <EmptyState
        title="No flow fits these filters"
        actions={<Button onClick={() => change({ q: '', status: '' })}>Show all flows</Button>}
      >
        Take a filter away, or search for part of a name.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Workflow />}
      title="No flows yet"
      actions={
        <Button variant="primary" asChild>
          <Link href="/flows/new">
            <Plus /> New flow
          </Link>
        </Button>
      }
    >
      A flow is a tree of jobs: each waits for those below it and reads what they gave. Begin with an example.
    </EmptyState>
  );
}

/** All flows, newest first, live. */
export function FlowList() {
  const [, change] = useUrlFilters();
  const filters = useFlowFilters();
  const scope = JSON.stringify(filters);
  const query = useFlows(filters);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const all = query.data?.pages.flatMap((page) => page.flows) ?? [];
  const held = useHeldRows(all, scope);
  const phone = usePhone();
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  const table = () => {
    if (query.isPending) {
      return (
        <div className="@container rounded-md border bg-surface">
          <Table aria-label="Flows, being read" aria-busy="true" className={FLOW_COLUMNS}>
            <FlowHeader />
            <FlowRowSkeletons count={12} />
          </Table>
        </div>
      );
    }
    if (query.isError && all.length === 0) {
      return (
        <ErrorState
          title="The flows could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      );
    }
    if (all.length === 0) return <NoFlows filtered={scope !== '{}'} />;
    return (
      <VirtualTable
        label="Flows"
        columns={FLOW_COLUMNS}
        header={<FlowHeader />}
        rows={held.rows}
        rowKey={(flow) => flow.id}
        renderRow={(flow) => <FlowRow flow={flow} />}
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
      <search className="flex flex-wrap items-center gap-2">
        <SearchInput
          label="Search flows"
          placeholder="Name or id"
          value={filters.q ?? ''}
          onSearch={(q) => change({ q })}
          className="w-full sm:w-60"
        />
        <StatusFilter
          statuses={FLOW_STATUSES}
          chosen={filters.status ?? []}
          onChange={(status) => change({ status })}
          className="max-sm:w-full"
        />
      </search>
      {table()}
    </>
  );
}
