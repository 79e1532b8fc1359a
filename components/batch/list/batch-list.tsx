'use client';

import { Layers } from 'lucide-react';
import { GroupList } from '@/components/selection/group-list';
import { isEmpty } from '@/components/selection/selection';
import { NoRecords } from '@/components/shared/no-records';
import { onDemand } from '@/components/ui/on-demand';
import { useBatches } from '@/lib/client/queries/batches';
import { BATCH_STATUSES } from '@/lib/contracts/status';
import { BATCH_COLUMNS, BATCH_GRID, BatchRow } from './batch-row';

const BatchSelection = onDemand(
  () => import('@/components/selection/record-selection').then((module) => module.BatchSelection),
  ({ list }) => !isEmpty(list.selection),
);

const NO_BATCHES = (
  <NoRecords what="batches" icon={<Layers />} begin="batch">
    A batch runs one job type on many items. Drop documents or paste rows, and follow each item.
  </NoRecords>
);

/** The live list of all batches, newest first. */
export const BatchList = () => (
  <GroupList
    of="batches"
    usePages={useBatches}
    rowsOf={({ batches }) => batches}
    statuses={BATCH_STATUSES}
    columns={BATCH_COLUMNS}
    grid={BATCH_GRID}
    renderRow={(batch, chosen) => <BatchRow batch={batch} chosen={chosen} />}
    empty={NO_BATCHES}
    bar={(selection) => <BatchSelection list={selection} />}
  />
);
