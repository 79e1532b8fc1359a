'use client';

import { useBatches } from '@/lib/client/queries/batches';
import { ByTypePanel } from './by-type';
import { CapacityPanel } from './capacity';
import { FirstLaunch } from './first-launch';
import { PausedQueues } from './paused-queues';
import { RecentPanel } from './recent';
import { RunningPanel } from './running';
import { StuckPanel } from './stuck';
import { Totals } from './totals';

/** The overview page: running and recent batches, and the machines. */
export function Overview() {
  const { data } = useBatches({}, { limit: 20 });
  const never = data?.pages[0]?.batches.length === 0;
  return (
    <>
      <Totals />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_320px]">
        <div className="grid min-w-0 gap-4">
          {never ? (
            <FirstLaunch />
          ) : (
            <>
              <PausedQueues />
              <StuckPanel />
              <RunningPanel />
              <RecentPanel />
            </>
          )}
        </div>
        <div className="grid min-w-0 gap-4 sm:max-xl:grid-cols-2">
          <CapacityPanel />
          <ByTypePanel />
        </div>
      </div>
    </>
  );
}
