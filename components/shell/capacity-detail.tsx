'use client';

import { formatCount, formatPercent } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { PopoverClose } from '@/components/ui/popover';
import { endedParts, Progress } from '@/components/ui/progress';
import { Skeleton } from '@/components/ui/skeleton';
import { batchLook } from '@/components/ui/status';
import { StatusBadge } from '@/components/ui/status-mark';
import { useBatch } from '@/lib/client/queries/batches';
import { doneOf } from '@/lib/contracts/progress';
import type { CapacityDto } from '@/lib/contracts/system';
import { PauseEverything } from './pause-banner';

function Occupant({ id }: { id: string }) {
  const { data: batch, isError } = useBatch(id);
  if (isError) return null;
  if (!batch) return <Skeleton className="my-2.5" />;
  const { mark, word } = batchLook(batch);
  return (
    <PopoverClose asChild>
      <Link href={`/batches/${id}`} className="block rounded-md px-2 py-1.5 hover:bg-hover">
        <span className="mb-1 flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate font-medium text-sm">{batch.name}</span>
          <StatusBadge status={mark} word={word} />
          <span className="w-8 text-right text-muted text-xs">
            {formatPercent(batch.progress, doneOf(batch) === batch.total, doneOf(batch) > 0)}
          </span>
        </span>
        <Progress size="sm" label={`Progress of ${batch.name}`} total={batch.total} parts={endedParts(batch)} />
      </Link>
    </PopoverClose>
  );
}

/** The batches that hold a slot, and the machines that run jobs. */
export function CapacityDetail({ capacity }: { capacity: CapacityDto | undefined }) {
  if (!capacity) return <p className="p-3 text-muted text-sm">Capacity is not known yet.</p>;
  const processes = capacity.workers.reduce((sum, w) => sum + w.processes, 0);
  const others = capacity.activeBatches - capacity.runningBatches.length;
  return (
    <>
      <p className="border-b px-3 py-2 text-sm">
        <strong className="font-medium">
          {capacity.activeBatches} of {formatCount(capacity.maxBatches, 'slot')} taken
        </strong>
        {capacity.paused ? <span className="text-status-partial"> · paused</span> : null}
        {capacity.isShuttingDown ? <span className="text-status-partial"> · shutting down</span> : null}
      </p>
      <div className="max-h-80 overflow-y-auto p-1">
        {capacity.activeBatches === 0 ? (
          <p className="px-2 py-1.5 text-muted text-sm">Nothing is running.</p>
        ) : (
          capacity.runningBatches.map((id) => <Occupant key={id} id={id} />)
        )}
        {others > 0 ? (
          <p className="px-2 py-1.5 text-muted text-sm">
            {formatCount(others, 'batch', 'batches')} of other organizations
          </p>
        ) : null}
      </div>
      <p className="border-t px-3 py-2 text-muted text-xs">
        {processes > 0
          ? `${formatCount(processes, 'worker process', 'worker processes')} on ${formatCount(capacity.workers.length, 'machine')}`
          : 'No worker is connected. Launched batches wait for one.'}
      </p>
      <PauseEverything />
    </>
  );
}
