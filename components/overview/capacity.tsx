'use client';

import { cn } from '@/components/ui/cn';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { useCapacity } from '@/lib/client/queries/system';
import type { CapacityDto } from '@/lib/contracts/system';

const MOST_BARS = 32;

function Slots({ capacity }: { capacity: CapacityDto }) {
  return (
    <div className="p-3">
      <p className="mb-2 flex items-baseline gap-1.5">
        <span className="font-semibold text-lg">
          {capacity.activeBatches}
          <span className="text-muted"> / {capacity.maxBatches}</span>
        </span>
        <span className="text-muted text-xs">batches at once</span>
      </p>
      <div className="flex gap-1" aria-hidden="true">
        {Array.from({ length: Math.min(capacity.maxBatches, MOST_BARS) }, (_, i) => (
          <span
            key={i}
            className={cn(
              'h-2 flex-1 rounded-[2px] border',
              i < capacity.activeBatches ? 'border-status-active bg-status-active' : 'border-line-strong bg-sunken',
            )}
          />
        ))}
      </div>
    </div>
  );
}

/** The slots in use, and the machines that run jobs. */
export function CapacityPanel() {
  const { data: capacity, isError } = useCapacity();
  if (!capacity) {
    return (
      <Panel title="Capacity">
        {isError ? <p className="text-muted text-sm">Could not be read.</p> : <Skeleton className="w-24" />}
      </Panel>
    );
  }
  const processes = capacity.workers.reduce((sum, w) => sum + w.processes, 0);
  return (
    <>
      <Panel title="Capacity" flush>
        <Slots capacity={capacity} />
        {capacity.isShuttingDown ? (
          <p className="border-t px-3 py-2 text-status-partial text-xs">Shutting down: nothing new starts.</p>
        ) : null}
      </Panel>
      <Panel
        title="Workers"
        flush
        actions={<span className="text-muted text-xs">{formatCount(processes, 'process', 'processes')}</span>}
      >
        {capacity.workers.length === 0 ? (
          <Notice tone="warning" className="m-3">
            No worker is connected. Launched batches wait for one. Start a worker with{' '}
            <code className="font-mono">npm start</code>.
          </Notice>
        ) : (
          <ul>
            {capacity.workers.map((worker) => (
              <li key={worker.id} className="flex h-11 items-center gap-3 border-b px-3 last:border-b-0">
                <span className="min-w-0 flex-1">
                  <span className="block truncate text-sm" title={worker.host}>
                    {worker.host}
                  </span>
                  <span className="block text-2xs text-muted leading-none">
                    {formatCount(worker.processes, 'process', 'processes')} ·{' '}
                    <Time at={worker.lastSeenAt} prefix="seen" />
                  </span>
                </span>
                <span className="text-right">
                  <span className="font-medium text-sm">{formatNumber(worker.jobsActive)}</span>{' '}
                  <span className="text-muted text-xs">active</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}
