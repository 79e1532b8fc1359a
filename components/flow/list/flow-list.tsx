'use client';

import { Workflow } from 'lucide-react';
import { ListQueryControls } from '@/components/query/list-query-controls';
import { searchedOf } from '@/components/query/searched';
import { useListQuery } from '@/components/query/use-list-query';
import { loadAll } from '@/components/selection/load-all';
import { FlowSelection } from '@/components/selection/record-selection';
import { SelectionProvider, useSelection } from '@/components/selection/use-selection';
import { NoRecords } from '@/components/shared/no-records';
import { gridOf, RecordSkeletons } from '@/components/ui/record-columns';
import { RecordList } from '@/components/ui/record-list';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { usePhone } from '@/components/ui/use-phone';
import { useFlows } from '@/lib/client/queries/flows';
import { FLOW_STATUSES } from '@/lib/contracts/flow';
import { FLOW_COLUMNS, FLOW_GRID, FlowHeader, FlowRow } from './flow-row';

const NO_FLOWS = (
  <NoRecords what="flows" icon={<Workflow />} begin="flow">
    A flow is a tree of jobs: each waits for those below it and reads what they gave. Begin with an example.
  </NoRecords>
);

const PAGE = 50;

/** The live list of all flows, newest first. */
export function FlowList() {
  const list = useListQuery('flows');
  const phone = usePhone();
  const chosen = phone ? null : list.columns;
  const filters = list.query === undefined ? {} : { query: list.query };
  const scope = JSON.stringify(filters);
  const query = useFlows(filters, { limit: PAGE });
  const rowsOf = ({ pages }: NonNullable<typeof query.data>) => pages.flatMap((page) => page.flows);
  const held = useHeldRows(query.data ? rowsOf(query.data) : [], query, scope);
  // A bulk action names its flows one by one, so no query of them is selected.
  const selection = useSelection({
    rows: held.rows,
    scope,
    query: null,
    isComplete: !query.hasNextPage,
    loadAll: () => loadAll(query, rowsOf, held.rows[0]?.id),
  });
  return (
    <SelectionProvider value={selection}>
      <ListQueryControls list={list} statuses={FLOW_STATUSES} columns={FLOW_COLUMNS} />
      <RecordList
        what="flows"
        query={query}
        rows={held.rows}
        columns={FLOW_GRID}
        grid={gridOf(FLOW_COLUMNS, chosen)}
        header={<FlowHeader chosen={chosen} />}
        skeletons={<RecordSkeletons columns={FLOW_COLUMNS} chosen={chosen} count={12} />}
        empty={NO_FLOWS}
        renderRow={(flow) => <FlowRow chosen={chosen} flow={flow} />}
        scope={scope}
        searched={searchedOf(query.data?.pages, PAGE, (page) => page.flows.length)}
        waiting={held.waiting}
        onShowWaiting={held.release}
        onExtend={selection.extend}
      />
      <FlowSelection list={selection} />
    </SelectionProvider>
  );
}
