'use client';

import { useCallback, useEffect } from 'react';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { useBatchJobs } from '@/lib/client/queries/batch-items';
import { findBatchJob } from '@/lib/client/queries/batch-items';
import { useCached } from '@/lib/client/queries/use-cached';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobDetailDto, JobSummaryDto } from '@/lib/contracts/job';

interface Neighbors {
  /** index of the open job in the batch; null while unknown */
  index: number | null;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  /** opens the item at an index of the batch */
  openAt: (index: number) => void;
}

interface Input {
  batch: BatchDto;
  jobId: string | null;
  rows: readonly JobSummaryDto[];
  query: ReturnType<typeof useBatchJobs>;
  openJob: (jobId: string) => void;
}

/** Returns the jobs before and after the open job: in the filtered list if it is there, else in the batch. */
export function useNeighbors({ batch, jobId, rows, query, openJob }: Input): Neighbors {
  const notify = useToast();
  const job = useCached<JobDetailDto>(keys.jobs.detail(jobId ?? ''));
  const at = jobId ? rows.findIndex(({ id }) => id === jobId) : -1;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (at >= 0 && at >= rows.length - 2 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [at, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const openAt = useCallback(
    (index: number) => {
      findBatchJob(batch.id, index).then(
        (found) => {
          if (found) openJob(found.id);
        },
        (error: unknown) =>
          notify({ tone: 'error', title: `Item #${index + 1} could not be opened`, detail: describeError(error) }),
      );
    },
    [batch.id, openJob, notify],
  );

  const index = rows[at]?.index ?? (job?.batchId === batch.id ? job.index : null);
  if (at >= 0) {
    const [before, after] = [rows[at - 1], rows[at + 1]];
    return {
      index,
      openAt,
      onPrevious: before ? () => openJob(before.id) : null,
      onNext: after ? () => openJob(after.id) : null,
    };
  }
  return {
    index,
    openAt,
    onPrevious: index !== null && index > 0 ? () => openAt(index - 1) : null,
    onNext: index !== null && index < batch.total - 1 ? () => openAt(index + 1) : null,
  };
}
