'use client';

import type { MarkStatus } from '@/components/ui/status';
import { QueryBar } from './query-bar';
import { QueryFilters } from './query-filters';
import type { ListQuery } from './use-list-query';
import { ViewMenu } from './view-menu';

interface ListQueryControlsProps<Status extends MarkStatus> {
  list: ListQuery;
  statuses: readonly Status[];
}

/** What is above a list: the text of the query, its views, and filters that change it. */
export function ListQueryControls<Status extends MarkStatus>({ list, statuses }: ListQueryControlsProps<Status>) {
  return (
    <search className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <QueryBar {...list} />
        <ViewMenu list={list} />
      </div>
      <QueryFilters list={list} statuses={statuses} />
    </search>
  );
}
