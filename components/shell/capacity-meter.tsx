'use client';

import { cn } from '@/components/ui/cn';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { useCapacity } from '@/lib/client/queries/system';
import { CapacityDetail } from './capacity-detail';

const MOST_BARS = 6;

/** `2/2 ▮▮`: the used slots and their limit. Opens the list of batches that hold a slot. */
export function CapacityMeter() {
  const { data: capacity } = useCapacity();
  const active = capacity?.activeBatches ?? 0;
  const most = capacity?.maxBatches ?? 0;
  const bars = Math.min(most, MOST_BARS);
  const stopping = capacity?.isShuttingDown ? ', shutting down' : '';
  const label = capacity ? `Capacity: ${active} of ${most} batches running${stopping}` : 'Capacity: not known yet';
  return (
    <Popover>
      <PopoverTrigger asChild>
        <button
          type="button"
          title={label}
          className="flex h-8 shrink-0 items-center gap-1.5 rounded-md px-1.5 text-muted text-xs hover:bg-hover hover:text-ink md:px-2"
        >
          {/* The name contains what is shown, because people who use speech control say what they see. */}
          <span className="sr-only">Capacity:</span>
          <span className="tabular-nums">{capacity ? `${active}/${most}` : '–/–'}</span>
          <span className="sr-only">{capacity ? `batches running${stopping}` : 'not known yet'}</span>
          <span aria-hidden="true" className="flex gap-0.5">
            {Array.from({ length: bars }, (_, i) => (
              <span
                key={i}
                className={cn(
                  'h-3.5 w-1.5 rounded-[2px] border',
                  i < Math.round((active / most) * bars)
                    ? 'border-status-active bg-status-active'
                    : 'border-control-line bg-transparent',
                )}
              />
            ))}
          </span>
        </button>
      </PopoverTrigger>
      <PopoverContent aria-label="Capacity">
        <CapacityDetail capacity={capacity} />
      </PopoverContent>
    </Popover>
  );
}
