'use client';

import { type CSSProperties, type ReactNode, useCallback } from 'react';
import { describeError } from '@/lib/client/api';
import { Button } from './button';
import { formatNumber } from './format';
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
  /** goes before them: the grid of columns that were chosen */
  grid?: CSSProperties | null;
  header: ReactNode;
  skeletons: ReactNode;
  /** shown when there are no records at all, regardless of filters */
  empty: ReactNode;
  renderRow(row: Row): ReactNode;
  /** the filters as text; when they change, the list scrolls to the top */
  scope: string;
  /** of a search: how many rows were read, and whether it stopped at its limit of time */
  searched?: { rows: number; isPaused: boolean } | undefined;
  /** number of new rows that are shown on request */
  waiting: number;
  onShowWaiting(): void;
  /** where rows can be selected: the focus went from one to another while selecting */
  onExtend?(from: string, to: string): void;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A live list of records in each state: loading, error, empty, no match, and rows. */
export function RecordList<Row extends { id: string }>(props: RecordListProps<Row>) {
  const { what, query, rows, columns, header, onExtend } = props;
  const { fetchNextPage } = query;
  const phone = usePhone();
  const rowHeight = useRowHeight();
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (query.isPending) {
    return (
      <div className="@container overflow-x-auto rounded-md border bg-surface">
        <Table
          aria-label={`${capital(what)}, being read`}
          aria-busy="true"
          className={columns}
          style={props.grid ?? undefined}
        >
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
  const paused = props.searched?.isPaused ? props.searched.rows : undefined;
  const goOn = (
    <Button size="sm" onClick={readOn} busy={query.isFetchingNextPage}>
      Go on
    </Button>
  );
  if (rows.length === 0 && paused !== undefined) {
    return (
      <EmptyState title={`No ${what} match among the newest ${formatNumber(paused)}`} actions={goOn}>
        Older ones were not searched yet.
      </EmptyState>
    );
  }
  if (rows.length === 0) return props.scope === '{}' ? props.empty : <NothingFits what={what} />;
  return (
    <VirtualTable
      label={capital(what)}
      columns={columns}
      grid={props.grid}
      header={header}
      rows={rows}
      rowKey={(row) => row.id}
      renderRow={props.renderRow}
      rowHeight={phone ? 56 : rowHeight}
      hasMore={query.hasNextPage && paused === undefined}
      partial={query.hasNextPage}
      loadingMore={query.isFetchingNextPage}
      onEnd={readOn}
      scope={props.scope}
      stale={query.isPlaceholderData}
      waiting={props.waiting}
      onShowWaiting={props.onShowWaiting}
      onExtend={onExtend && ((from, to) => onExtend(from.id, to.id))}
      footer={
        paused === undefined ? null : (
          <p role="status" className="flex items-center justify-center gap-3 border-t py-2 text-muted text-xs">
            The newest {formatNumber(paused)} were searched {goOn}
          </p>
        )
      }
    />
  );
}

function NothingFits({ what }: { what: string }) {
  const [params, change] = useUrlFilters();
  const clear = Object.fromEntries([...params.keys()].filter((name) => name !== 'columns').map((name) => [name, '']));
  return (
    <EmptyState
      title={`No ${what} match these filters`}
      actions={<Button onClick={() => change(clear)}>Show all {what}</Button>}
    >
      Remove a term, or put * around a part of a value.
    </EmptyState>
  );
}
