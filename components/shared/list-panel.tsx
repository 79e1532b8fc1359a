'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { Table, TableHeader } from '@/components/ui/table';
import { describeError } from '@/lib/client/api';

interface ListPanelProps<T> {
  title: string;
  actions?: ReactNode;
  query: UseQueryResult<readonly T[]>;
  /** the title of the error state: `The members could not be read` */
  failure: string;
  /** class that sets `--columns` */
  columns: string;
  head: ReactNode;
  row: (item: T) => ReactNode;
  empty: ReactNode;
}

/** A panel with a table of a few records, and its loading, error and empty states. */
export function ListPanel<T>({ title, actions, query, failure, columns, head, row, empty }: ListPanelProps<T>) {
  const body = () => {
    if (query.isPending) {
      return Array.from({ length: 3 }, (_, i) => (
        <div key={i} className="flex h-(--row) items-center gap-6 border-b px-3 last:border-b-0">
          <Skeleton className="w-40" />
          <Skeleton className="w-56" />
        </div>
      ));
    }
    if (!query.data) {
      return (
        <ErrorState
          title={failure}
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      );
    }
    if (query.data.length === 0) return empty;
    return (
      <Table aria-label={title} className={columns}>
        <TableHeader className="max-sm:sr-only">{head}</TableHeader>
        {query.data.map(row)}
      </Table>
    );
  };
  return (
    <Panel title={title} actions={actions} flush aria-busy={query.isPending}>
      {body()}
    </Panel>
  );
}
