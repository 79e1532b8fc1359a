'use client';

import { useMemo } from 'react';
import { useStale } from '@/lib/client/live/use-connection';
import { useRunningBatches } from '@/lib/client/queries/batches';
import { useCapacity, useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchAction, Situation } from './batch-gates';

/** Collects the state that decides which buttons of a batch are enabled. */
export function useSituation(batch: BatchDto, pending: BatchAction | null): Situation {
  const { data: viewer } = useViewer();
  const { data: capacity } = useCapacity();
  const running = useRunningBatches();
  const offline = useStale();
  const names = useMemo(() => running.map(({ name }) => name), [running]);
  return {
    batch,
    viewer,
    pending,
    offline,
    capacity: capacity ? { running: capacity.activeBatches, canStart: capacity.canStart, names } : null,
  };
}
