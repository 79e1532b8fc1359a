'use client';

import { useBatches } from '@/lib/client/queries/batches';
import { AttentionPanel } from './attention';
import { CapacityPanel } from './capacity';
import { FirstLaunch } from './first-launch';
import { RecentPanel } from './recent';
import { RunningPanel } from './running';
import { Trends } from './trends';

/** The overview page: what needs a person, the last hour and day, running and recent batches, and the machines. */
export function Overview() {
  const { data } = useBatches({}, { limit: 20 });
  const never = data?.pages[0]?.batches.length === 0;
  return (
    <>
      <AttentionPanel />
      <Trends />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_320px]">
        <div className="grid min-w-0 gap-4">
          {never ? (
            <FirstLaunch />
          ) : (
            <>
              <RunningPanel />
              <RecentPanel />
            </>
          )}
        </div>
        <div className="grid min-w-0 gap-4 sm:max-xl:grid-cols-2">
          <CapacityPanel />
        </div>
      </div>
    </>
  );
}
