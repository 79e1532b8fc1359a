'use client';

import type { ReactNode } from 'react';
import { isEmpty } from '@/components/selection/selection';
import { type ListSelection, SelectionProvider, useSelection } from '@/components/selection/use-selection';
import { onDemand } from '@/components/ui/on-demand';
import { useMatrix } from '@/lib/client/queries/batch-items';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { fromFilters } from '@/lib/query/edit';
import { COUNTERS } from './counters';
import { countCodes } from './matrix/layout';
import { CODE_STATUS } from './matrix/palette';
import type { ItemFilters } from './use-item-filters';

const JobSelection = onDemand(
  () => import('@/components/selection/job-selection').then((module) => module.JobSelection),
  ({ list }) => !isEmpty(list.selection),
);

interface ItemsSelectionProps {
  batch: BatchDto;
  running: boolean;
  items: ItemFilters;
  rows: readonly JobSummaryDto[];
  isComplete: boolean;
  /** @param selectItems selects all items from an index on, to the one before another */
  children: (list: ListSelection<JobSummaryDto>, selectItems: (from: number, to: number) => void) => ReactNode;
}

/** The selection of a batch's items, in its table and its matrix, and the bar with what to do with them. */
export function ItemsSelection({ batch, running, items, rows, isComplete, children }: ItemsSelectionProps) {
  const { status, q, warned, filters } = items;
  // A search in the items finds other things than words in a query, and no query finds warnings.
  const query = q || warned ? null : fromFilters({ status: status.join(','), batchId: batch.id }, 'jobs');
  const counters = COUNTERS.filter(
    ({ statuses }) => status.length === 0 || statuses.every((each) => status.includes(each)),
  );
  const covered = counters.flatMap(({ statuses }) => statuses);
  const isCounted = query !== null && status.every((each) => covered.includes(each));
  const list = useSelection({
    rows,
    scope: JSON.stringify(filters),
    query,
    isComplete,
    total: isCounted ? counters.reduce((sum, { field }) => sum + batch[field], 0) : null,
  });
  const { selection } = list;
  const dragged = selection.kind === 'all' ? selection.match.items : undefined;
  const { data: bytes } = useMatrix(batch.id, { cells: dragged ? batch.total : 0, changing: running });
  const byStatus = (): Record<string, number> | undefined => {
    if (selection.kind === 'some' || selection.without.size > 0) return undefined;
    if (!dragged) return isCounted ? Object.fromEntries(counters.map(({ field }) => [field, batch[field]])) : undefined;
    if (!bytes) return undefined;
    return Object.fromEntries(countCodes(bytes, ...dragged).map((count, code) => [CODE_STATUS[code], count]));
  };
  return (
    <SelectionProvider value={list}>
      {children(list, (from, to) =>
        list.selectMatch({ query: fromFilters({ batchId: batch.id }, 'jobs'), items: [from, to] }),
      )}
      <JobSelection list={list} byStatus={byStatus()} what="items" />
    </SelectionProvider>
  );
}
