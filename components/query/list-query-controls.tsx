'use client';

import type { MarkStatus } from '@/components/ui/status';
import { ColumnMenu, type ColumnMenuProps } from './column-menu';
import { QueryBar } from './query-bar';
import { QueryFilters } from './query-filters';
import type { ListQuery } from './use-list-query';
import { ViewMenu } from './view-menu';

interface ListQueryControlsProps<Status extends MarkStatus> extends Pick<ColumnMenuProps, 'columns'> {
  list: ListQuery;
  statuses: readonly Status[];
}

/** What is above a list: the text of the query, the columns, the views, and filters that change the text. */
export function ListQueryControls<Status extends MarkStatus>({
  list,
  statuses,
  columns,
}: ListQueryControlsProps<Status>) {
  return (
    <search className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <QueryBar kind={list.kind} text={list.text} change={list.change} />
        <ColumnMenu list={list} columns={columns} />
        <ViewMenu list={list} />
      </div>
      <QueryFilters list={list} statuses={statuses} />
    </search>
  );
}
