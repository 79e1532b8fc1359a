'use client';

import Link from 'next/link';
import { formatNumber } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { endedParts, Progress } from '@/components/ui/progress';
import { TypeTitle } from '@/components/ui/type-title';
import { useBatches } from '@/lib/client/queries/batches';
import { useStats } from '@/lib/client/queries/jobs';
import { AttentionPanel } from './attention';
import { CapacityPanel } from './capacity';
import { FirstLaunch } from './first-launch';
import { RecentPanel } from './recent';
import { RunningPanel } from './running';
import { Totals } from './totals';

/** The overview page: what needs a person, running and recent batches, and the machines. */
export function Overview() {
  const { data } = useBatches({}, { limit: 20 });
  const never = data?.pages[0]?.batches.length === 0;
  return (
    <>
      <AttentionPanel />
      <Totals />
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
          <ByTypePanel />
        </div>
      </div>
    </>
  );
}

/** Job statistics by job type. */
function ByTypePanel() {
  const { data: stats } = useStats();
  const rows = Object.entries(stats?.byType ?? {}).sort(([, a], [, b]) => b.total - a.total);
  if (rows.length === 0) return null;
  return (
    <Panel title="By job type" flush>
      <ul>
        {rows.map(([type, counts]) => (
          <li key={type} className="relative border-b px-3 py-2 last:border-b-0 hover:bg-hover">
            <div className="mb-1.5 flex items-baseline gap-2">
              <Link
                href={`/jobs?type=${encodeURIComponent(type)}`}
                className="min-w-0 flex-1 truncate after:absolute after:inset-0"
              >
                <TypeTitle type={type} />
              </Link>
              <span className="text-muted text-xs">{formatNumber(counts.total)}</span>
            </div>
            <Progress
              size="sm"
              label={`Outcomes of ${type}`}
              total={counts.total}
              parts={[
                ...endedParts({ ...counts, status: 'in-progress', cancelMode: null }),
                { status: 'active', value: counts.active },
              ]}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
