'use client';

import { formatCount } from '@/components/ui/format';
import { useRunningBatches } from '@/lib/client/queries/batches';
import { useCapacity } from '@/lib/client/queries/system';
import type { Refusal } from './use-launching';

export interface CapacityGate {
  /** `At capacity: embed-faq is running`; null while a slot is free */
  reason: string | null;
  shuttingDown: boolean;
  noWorkers: boolean;
}

function say(names: readonly string[], running: number): string {
  const [first, ...more] = names;
  if (!first) return `At capacity: ${formatCount(running, 'batch is', 'batches are')} running`;
  if (more.length === 0) return `At capacity: ${first} is running`;
  return `At capacity: ${first} and ${formatCount(more.length, 'other')} are running`;
}

/**
 * Returns whether a launch can start now. A refusal applies until newer data shows a free slot, so the event with that
 * data enables the button again.
 */
export function useCapacityGate(refusal: Refusal | null): CapacityGate {
  const { data: capacity, dataUpdatedAt } = useCapacity();
  const running = useRunningBatches();
  const full = capacity !== undefined && !capacity.canStart;
  const refused = refusal?.kind === 'capacity' && dataUpdatedAt <= refusal.at;
  const live = running.map((batch) => batch.name);
  const names = live.length > 0 ? live : (refusal?.running ?? []);
  return {
    reason: full || refused ? say(names, capacity?.activeBatches ?? names.length) : null,
    shuttingDown: capacity?.isShuttingDown ?? false,
    noWorkers: capacity !== undefined && capacity.workers.length === 0,
  };
}
