'use client';

import { Workflow } from 'lucide-react';
import { NoRecords } from '@/components/shared/no-records';
import { RecordFilters, textParam } from '@/components/ui/record-filters';
import { RecordList } from '@/components/ui/record-list';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { listParam, useUrlFilters } from '@/components/ui/use-url-filters';
import type { FlowFilters } from '@/lib/client/keys';
import { useFlows } from '@/lib/client/queries/flows';
import { FLOW_STATUSES } from '@/lib/contracts/flow';
import { FLOW_COLUMNS, FlowHeader, FlowRow, FlowRowSkeletons } from './flow-row';

/** Reads the filters of the list from the URL. */
function useFlowFilters(): FlowFilters {
  const [params] = useUrlFilters();
  const status = listParam(params, 'status', FLOW_STATUSES);
  return { ...(status.length > 0 ? { status } : {}), ...textParam(params, 'q') };
}

const NO_FLOWS = (
  <NoRecords what="flows" icon={<Workflow />} begin="flow">
    A flow is a tree of jobs: each waits for those below it and reads what they gave. Begin with an example.
  </NoRecords>
);

/** The live list of all flows, newest first. */
export function FlowList() {
  const filters = useFlowFilters();
  const scope = JSON.stringify(filters);
  const query = useFlows(filters);
  const held = useHeldRows(query.data?.pages.flatMap((page) => page.flows) ?? [], scope);
  return (
    <>
      <RecordFilters what="flows" filters={filters} statuses={FLOW_STATUSES} byType={false} />
      <RecordList
        what="flows"
        query={query}
        rows={held.rows}
        columns={FLOW_COLUMNS}
        header={<FlowHeader />}
        skeletons={<FlowRowSkeletons count={12} />}
        empty={NO_FLOWS}
        renderRow={(flow) => <FlowRow flow={flow} />}
        scope={scope}
        waiting={held.waiting}
        onShowWaiting={held.release}
      />
    </>
  );
}
