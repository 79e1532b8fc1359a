'use client';

import { Layers } from 'lucide-react';
import { ListQueryControls } from '@/components/query/list-query-controls';
import { searchedOf } from '@/components/query/searched';
import { useListQuery } from '@/components/query/use-list-query';
import { loadAll } from '@/components/selection/load-all';
import { BatchSelection } from '@/components/selection/record-selection';
import { SelectionProvider, useSelection } from '@/components/selection/use-selection';
import { NoRecords } from '@/components/shared/no-records';
import { gridOf, RecordSkeletons } from '@/components/ui/record-columns';
import { RecordList } from '@/components/ui/record-list';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { usePhone } from '@/components/ui/use-phone';
import { useBatches } from '@/lib/client/queries/batches';
import { BATCH_STATUSES } from '@/lib/contracts/status';
import { BATCH_COLUMNS, BATCH_GRID, BatchHeader, BatchRow } from './batch-row';

const NO_BATCHES = (
  <NoRecords what="batches" icon={<Layers />} begin="batch">
    A batch runs one job type on many items. Drop documents or paste rows, and follow each item.
  </NoRecords>
);

const PAGE = 50;

/** The live list of all batches, newest first. */
export function BatchList() {
  const list = useListQuery('batches');
  const phone = usePhone();
  const chosen = phone ? null : list.columns;
  const filters = list.query === undefined ? {} : { query: list.query };
  const scope = JSON.stringify(filters);
  const query = useBatches(filters, { limit: PAGE });
  const rowsOf = ({ pages }: NonNullable<typeof query.data>) => pages.flatMap((page) => page.batches);
  const held = useHeldRows(query.data ? rowsOf(query.data) : [], query, scope);
  // A bulk action names its batches one by one, so no query of them is selected.
  const selection = useSelection({
    rows: held.rows,
    scope,
    query: null,
    isComplete: !query.hasNextPage,
    loadAll: () => loadAll(query, rowsOf, held.rows[0]?.id),
  });
  return (
    <SelectionProvider value={selection}>
      <ListQueryControls list={list} statuses={BATCH_STATUSES} columns={BATCH_COLUMNS} />
      <RecordList
        what="batches"
        query={query}
        rows={held.rows}
        columns={BATCH_GRID}
        grid={gridOf(BATCH_COLUMNS, chosen)}
        header={<BatchHeader chosen={chosen} />}
        skeletons={<RecordSkeletons columns={BATCH_COLUMNS} chosen={chosen} count={12} />}
        empty={NO_BATCHES}
        renderRow={(batch) => <BatchRow chosen={chosen} batch={batch} />}
        scope={scope}
        searched={searchedOf(query.data?.pages, PAGE, (page) => page.batches.length)}
        waiting={held.waiting}
        onShowWaiting={held.release}
        onExtend={selection.extend}
      />
      <BatchSelection list={selection} />
    </SelectionProvider>
  );
}
