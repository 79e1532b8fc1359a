'use client';

import { type ReactNode, useCallback } from 'react';
import { describeError } from '@/lib/client/api';
import { Button } from './button';
import { EmptyState, ErrorState } from './states';
import { Table } from './table';
import { useRowHeight } from './use-density';
import { usePhone } from './use-phone';
import { useUrlFilters } from './use-url-filters';
import { VirtualTable } from './virtual-table';

/** The part of the query that a list needs. */
interface Pages {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  isFetching: boolean;
  isPlaceholderData: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  refetch(): Promise<unknown>;
  fetchNextPage(): Promise<unknown>;
}

interface RecordListProps<Row extends { id: string }> {
  /** the plural in lower case: `batches` */
  what: string;
  query: Pages;
  rows: Row[];
  columns: string;
  header: ReactNode;
  skeletons: ReactNode;
  /** shown when there are no records at all, regardless of filters */
  empty: ReactNode;
  renderRow(row: Row): ReactNode;
  /** the filters as text; when they change, the list scrolls to the top */
  scope: string;
  /** number of new rows that are shown on request */
  waiting: number;
  onShowWaiting(): void;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A live list of records in each state: loading, error, empty, no match, and rows. */
export function RecordList<Row extends { id: string }>(props: RecordListProps<Row>) {
  const { what, query, rows, columns, header } = props;
  const { fetchNextPage } = query;
  const phone = usePhone();
  const rowHeight = useRowHeight();
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (query.isPending) {
    return (
      <div className="@container rounded-md border bg-surface">
        <Table aria-label={`${capital(what)}, being read`} aria-busy="true" className={columns}>
          {header}
          {props.skeletons}
        </Table>
      </div>
    );
  }
  if (query.isError && rows.length === 0) {
    return (
      <ErrorState
        title={`The ${what} could not be read`}
        detail={describeError(query.error)}
        onRetry={() => void query.refetch()}
        retrying={query.isFetching}
      />
    );
  }
  if (rows.length === 0) return props.scope === '{}' ? props.empty : <NothingFits what={what} />;
  return (
    <VirtualTable
      label={capital(what)}
      columns={columns}
      header={header}
      rows={rows}
      rowKey={(row) => row.id}
      renderRow={props.renderRow}
      rowHeight={phone ? 56 : rowHeight}
      hasMore={query.hasNextPage}
      loadingMore={query.isFetchingNextPage}
      onEnd={readOn}
      scope={props.scope}
      stale={query.isPlaceholderData}
      waiting={props.waiting}
      onShowWaiting={props.onShowWaiting}
    />
  );
}

function NothingFits({ what }: { what: string }) {
  const [params, change] = useUrlFilters();
  const clear = Object.fromEntries([...params.keys()].map((name) => [name, '']));
  return (
    <EmptyState
      title={`No ${what} match these filters`}
      actions={<Button onClick={() => change(clear)}>Show all {what}</Button>}
    >
      Remove a filter, or search for part of a name.
    </EmptyState>
  );
}
