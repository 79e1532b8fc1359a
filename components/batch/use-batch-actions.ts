'use client';

import { useMemo, useState } from 'react';
import { formatCount } from '@/components/ui/format';
import { useToast } from '@/components/ui/toast';
import { useStale } from '@/lib/client/live/use-connection';
import {
  type RetryChoice,
  useCancelBatch,
  usePauseBatch,
  useResumeBatch,
  useRetryBatch,
  useStartBatch,
} from '@/lib/client/mutations/batches';
import { useRunningBatches } from '@/lib/client/queries/batches';
import { useCapacity, useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import type { Budget } from '@/lib/contracts/batch-options';
import type { BatchAction, Situation } from './batch-gates';

export interface BatchActions {
  pending: BatchAction | null;
  /** the last refusal; kept until the next action */
  error: Error | null;
  dismiss: () => void;
  start: (how?: 'now' | 'queue') => void;
  pause: () => void;
  /** @param budget replaces that of the batch; null removes it */
  resume: (budget?: Budget | null) => void;
  cancel: (force: boolean, done: () => void) => void;
  retry: (choice: RetryChoice) => void;
}

/** The actions of a batch. Only one runs at a time. */
export function useBatchActions(batch: BatchDto): BatchActions {
  const notify = useToast();
  const startBatch = useStartBatch();
  const pauseBatch = usePauseBatch();
  const resumeBatch = useResumeBatch();
  const cancelBatch = useCancelBatch();
  const retryBatch = useRetryBatch();
  const [error, setError] = useState<Error | null>(null);
  const batchId = batch.id;
  const fresh = { onError: setError };
  const begin = (): void => setError(null);
  return {
    error,
    dismiss: begin,
    pending: startBatch.isPending
      ? 'start'
      : pauseBatch.isPending
        ? 'pause'
        : resumeBatch.isPending
          ? 'resume'
          : cancelBatch.isPending
            ? cancelBatch.variables.force
              ? 'force-cancel'
              : 'cancel'
            : retryBatch.isPending
              ? 'retry'
              : null,
    start: (how = 'now') => {
      begin();
      startBatch.mutate(
        { batchId, how },
        {
          ...fresh,
          onSuccess: (outcome) => {
            if (outcome === 'already-running')
              notify({ title: 'Already running', detail: 'Somebody else started it.' });
            if (outcome === 'queued')
              notify({ title: 'Queued', detail: 'It starts automatically when a slot is free.' });
          },
        },
      );
    },
    pause: () => {
      begin();
      pauseBatch.mutate({ batchId }, fresh);
    },
    resume: (budget) => {
      begin();
      resumeBatch.mutate({ batchId, ...(budget === undefined ? {} : { budget }) }, fresh);
    },
    cancel: (force, done) => {
      begin();
      cancelBatch.mutate({ batchId, force }, { ...fresh, onSuccess: done });
    },
    retry: (choice) => {
      begin();
      retryBatch.mutate(
        { batchId, ...choice },
        {
          ...fresh,
          onSuccess: ({ retried }) =>
            notify({
              tone: 'success',
              title: `${formatCount(retried, 'item')} ${retried === 1 ? 'runs' : 'run'} again`,
            }),
        },
      );
    },
  };
}

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
    capacity: capacity
      ? { running: capacity.activeBatches, canStart: capacity.canStart, paused: capacity.paused, names }
      : null,
  };
}
