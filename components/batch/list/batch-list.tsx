'use client';

import { Layers } from 'lucide-react';
import { NoRecords } from '@/components/shared/no-records';
import { RecordFilters, textParam } from '@/components/ui/record-filters';
import { RecordList } from '@/components/ui/record-list';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { listParam, useUrlFilters } from '@/components/ui/use-url-filters';
import type { BatchFilters } from '@/lib/client/keys';
import { useBatches } from '@/lib/client/queries/batches';
import { BATCH_STATUSES } from '@/lib/contracts/status';
import { BATCH_COLUMNS, BatchHeader, BatchRow, BatchRowSkeletons } from './batch-row';

/** Reads the filters of the list from the URL. */
function useBatchFilters(): BatchFilters {
  const [params] = useUrlFilters();
  const status = listParam(params, 'status', BATCH_STATUSES);
  return { ...(status.length > 0 ? { status } : {}), ...textParam(params, 'type'), ...textParam(params, 'q') };
}

const NO_BATCHES = (
  <NoRecords what="batches" icon={<Layers />} begin="batch">
    A batch runs one job type on many items. Drop documents or paste rows, and follow each item.
  </NoRecords>
);

/** The live list of all batches, newest first. */
export function BatchList() {
  const filters = useBatchFilters();
  const scope = JSON.stringify(filters);
  const query = useBatches(filters);
  const held = useHeldRows(query.data?.pages.flatMap((page) => page.batches) ?? [], scope);
  return (
    <>
      <RecordFilters what="batches" filters={filters} statuses={BATCH_STATUSES} />
      <RecordList
        what="batches"
        query={query}
        rows={held.rows}
        columns={BATCH_COLUMNS}
        header={<BatchHeader />}
        skeletons={<BatchRowSkeletons count={12} />}
        empty={NO_BATCHES}
        renderRow={(batch) => <BatchRow batch={batch} />}
        scope={scope}
        waiting={held.waiting}
        onShowWaiting={held.release}
      />
    </>
  );
}
