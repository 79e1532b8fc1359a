'use client';

import { Workflow } from 'lucide-react';
import { GroupList } from '@/components/selection/group-list';
import { isEmpty } from '@/components/selection/selection';
import { NoRecords } from '@/components/shared/no-records';
import { onDemand } from '@/components/ui/on-demand';
import { useFlows } from '@/lib/client/queries/flows';
import { FLOW_STATUSES } from '@/lib/contracts/status';
import { FLOW_COLUMNS, FLOW_GRID, FlowRow } from './flow-row';

const FlowSelection = onDemand(
  () => import('@/components/selection/record-selection').then((module) => module.FlowSelection),
  ({ list }) => !isEmpty(list.selection),
);

const NO_FLOWS = (
  <NoRecords what="flows" icon={<Workflow />} begin="flow">
    A flow is a tree of jobs: each waits for those below it and reads what they gave. Begin with an example.
  </NoRecords>
);

/** The live list of all flows, newest first. */
export const FlowList = () => (
  <GroupList
    of="flows"
    usePages={useFlows}
    rowsOf={({ flows }) => flows}
    statuses={FLOW_STATUSES}
    columns={FLOW_COLUMNS}
    grid={FLOW_GRID}
    renderRow={(flow, chosen) => <FlowRow flow={flow} chosen={chosen} />}
    empty={NO_FLOWS}
    bar={(selection) => <FlowSelection list={selection} />}
  />
);
