'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { formatNumber } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { SearchInput } from '@/components/ui/search-input';
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
  /** the words by which a record is found: long lists get a filter */
  words?: (item: T) => string;
}

/** From this number of records on, a list does not fit on a screen. */
const LONG = 12;

/** A panel with a table of some records, and its loading, error and empty states. */
export function ListPanel<T>({ title, actions, query, failure, columns, head, row, empty, words }: ListPanelProps<T>) {
  const [text, setText] = useState('');
  const all = query.data ?? [];
  const isLong = words !== undefined && all.length >= LONG;
  const wanted = isLong ? text.toLowerCase() : '';
  const shown = wanted && words ? all.filter((item) => words(item).toLowerCase().includes(wanted)) : all;
  const body = () => {
    if (query.isPending) {
      return Array.from({ length: 3 }, (_, i) => (
        <div key={i} className="flex h-12 items-center gap-6 border-b px-3 last:border-b-0">
          <Skeleton className="w-2/5" />
          <Skeleton className="w-1/4" />
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
      <>
        {isLong ? (
          <div className="border-b p-2">
            <SearchInput
              label={`Filter ${title.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`}
              value={text}
              onSearch={setText}
              className="w-full sm:w-72"
            />
            <span role="status" className="sr-only">
              {wanted ? `${formatNumber(shown.length)} found` : ''}
            </span>
          </div>
        ) : null}
        {shown.length === 0 ? (
          <p className="px-3 py-4 text-muted text-sm">Nothing here contains “{text}”.</p>
        ) : (
          <Table aria-label={title} className={columns}>
            <TableHeader className="max-sm:sr-only">{head}</TableHeader>
            {shown.map(row)}
          </Table>
        )}
      </>
    );
  };
  return (
    <Panel
      title={
        <>
          {title} {all.length > 1 ? <span className="font-normal text-muted">{formatNumber(all.length)}</span> : null}
        </>
      }
      actions={actions}
      flush
      aria-busy={query.isPending}
    >
      {body()}
    </Panel>
  );
}
