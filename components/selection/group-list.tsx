'use client';

import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ListQueryControls } from '@/components/query/list-query-controls';
import { searchedOf } from '@/components/query/searched';
import { useListQuery } from '@/components/query/use-list-query';
import {
  type ChosenColumns,
  gridOf,
  HeadCells,
  type RecordColumn,
  RecordSkeletons,
} from '@/components/ui/record-columns';
import { RecordList } from '@/components/ui/record-list';
import type { MarkStatus } from '@/components/ui/status';
import { TableHeader } from '@/components/ui/table';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { usePhone } from '@/components/ui/use-phone';
import { PAGE_SIZES } from '@/lib/client/page-sizes';
import type { SearchedDto } from '@/lib/contracts/job';
import { loadAll } from './load-all';
import { SelectAllCell } from './select-cell';
import { type ListSelection, type Row, SelectionProvider, useSelection } from './use-selection';

interface GroupPage {
  nextCursor: string | null;
  searched?: SearchedDto;
}

interface GroupListProps<P extends GroupPage, R extends Row> {
  of: 'batches' | 'flows';
  /** reads the list page by page */
  usePages: (filters: { query?: string }, options: { limit: number }) => UseInfiniteQueryResult<InfiniteData<P>>;
  rowsOf: (page: P) => R[];
  statuses: readonly MarkStatus[];
  columns: readonly RecordColumn<R>[];
  /** the grid of the columns that nobody has chosen */
  grid: string;
  renderRow: (row: R, chosen: ChosenColumns) => ReactNode;
  /** shown when there are none at all */
  empty: ReactNode;
  /** the bar of what is selected */
  bar: (selection: ListSelection<R>) => ReactNode;
}

/** The live list of batches or of flows, newest first, with its query, its columns and its selection. */
export function GroupList<P extends GroupPage, R extends Row>(props: GroupListProps<P, R>) {
  const { of, usePages, rowsOf, statuses, columns, grid, renderRow, empty, bar } = props;
  const list = useListQuery(of);
  const phone = usePhone();
  const chosen = phone ? null : list.columns;
  const filters = list.query === undefined ? {} : { query: list.query };
  const scope = JSON.stringify(filters);
  const query = usePages(filters, { limit: PAGE_SIZES[of] });
  const allOf = ({ pages }: InfiniteData<P>): R[] => pages.flatMap(rowsOf);
  const held = useHeldRows(query.data ? allOf(query.data) : [], query, scope);
  // A bulk action names its batches or flows one by one, so no query of them is selected.
  const selection = useSelection({
    rows: held.rows,
    scope,
    query: null,
    isComplete: !query.hasNextPage,
    loadAll: () => loadAll(query, allOf, held.rows[0]?.id),
  });
  return (
    <SelectionProvider value={selection}>
      <ListQueryControls list={list} statuses={statuses} columns={columns} />
      <RecordList
        what={of}
        query={query}
        rows={held.rows}
        columns={grid}
        grid={gridOf(columns, chosen)}
        header={
          <TableHeader className="max-sm:sr-only">
            <SelectAllCell what={of} />
            <HeadCells columns={columns} chosen={chosen} />
          </TableHeader>
        }
        skeletons={<RecordSkeletons columns={columns} chosen={chosen} count={12} />}
        empty={empty}
        renderRow={(row) => renderRow(row, chosen)}
        scope={scope}
        searched={searchedOf(query.data?.pages, PAGE_SIZES[of], (page) => rowsOf(page).length)}
        waiting={held.waiting}
        onShowWaiting={held.release}
        onExtend={selection.extend}
      />
      {bar(selection)}
    </SelectionProvider>
  );
}
