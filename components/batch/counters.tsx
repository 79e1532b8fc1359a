'use client';

import { TriangleAlert } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { formatNumber } from '@/components/ui/format';
import type { MarkStatus } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobStatus } from '@/lib/contracts/status';

interface Counter {
  field: 'completed' | 'failed' | 'active' | 'pending' | 'cancelled';
  mark: MarkStatus;
  /** the statuses that this counter filters by; every kind of waiting counts as pending */
  statuses: readonly JobStatus[];
}

export const COUNTERS: readonly Counter[] = [
  { field: 'completed', mark: 'completed', statuses: ['completed'] },
  { field: 'failed', mark: 'failed', statuses: ['failed'] },
  { field: 'active', mark: 'active', statuses: ['active'] },
  { field: 'pending', mark: 'pending', statuses: ['pending', 'delayed', 'waiting-children'] },
  { field: 'cancelled', mark: 'cancelled', statuses: ['cancelled'] },
];

interface CountersProps {
  batch: BatchDto;
  status: readonly JobStatus[];
  onFilter: (status: readonly JobStatus[]) => void;
  /** lists only items with warnings */
  warned: boolean;
  onWarned: (warned: boolean) => void;
}

/** The counters, from one server snapshot, so that they always add up. Each counter filters the list below. */
export function Counters({ batch, status, onFilter, warned, onWarned }: CountersProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a toolbar of filters, not a form's fieldset
    <div role="group" aria-label="Filter items by state" className="-mx-2 flex flex-wrap gap-x-1 gap-y-0.5">
      {COUNTERS.map(({ field, mark, statuses }) => {
        const on = statuses.every((s) => status.includes(s));
        const count = batch[field];
        return (
          <button
            key={field}
            type="button"
            aria-pressed={on}
            data-counter={field}
            onClick={() => onFilter(on ? [] : statuses)}
            className={cn(
              'inline-flex h-8 items-center gap-1.5 rounded-md border border-transparent px-2 text-sm pointer-coarse:h-9 transition-colors duration-150 hover:bg-hover',
              on && 'border-accent bg-selected hover:bg-selected',
            )}
          >
            <StatusMark status={mark} still={count === 0} className={cn(count === 0 && 'opacity-50')} />
            <span className={cn('font-medium', count === 0 && 'text-muted')}>{formatNumber(count)}</span>
            <span className="text-muted">{field}</span>
          </button>
        );
      })}
      {batch.warned > 0 || warned ? (
        <button
          type="button"
          aria-pressed={warned}
          data-counter="warned"
          title="Items that have ended with warnings, whatever their state"
          onClick={() => onWarned(!warned)}
          className={cn(
            'inline-flex h-8 items-center gap-1.5 rounded-md border border-transparent px-2 text-sm pointer-coarse:h-9 transition-colors duration-150 hover:bg-hover',
            warned && 'border-accent bg-selected hover:bg-selected',
          )}
        >
          <TriangleAlert aria-hidden="true" className="size-3.5 text-status-partial" />
          <span className="text-muted">{formatNumber(batch.warned)} with warnings</span>
        </button>
      ) : null}
    </div>
  );
}
