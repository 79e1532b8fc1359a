'use client';

import { useEffect } from 'react';
import { useLive } from '@/lib/client/provider';
import type { JobDetailDto, JobProgress } from '@/lib/contracts/job';
import { isTerminal, type JobStatus } from '@/lib/contracts/status';
import { useJob } from './use-job';

export interface JobProgressState {
  job: JobDetailDto | undefined;
  status: JobStatus | undefined;
  progress: JobProgress | null;
  /** 0–100, or null when the job reports no total; 100 only once it has completed */
  percent: number | null;
  isFinished: boolean;
  isLoading: boolean;
  error: Error | null;
}

/** A job with every progress report, its attempts, result and error, kept current. */
export function useJobProgress(jobId: string): JobProgressState {
  const live = useLive();
  const { data: job, isPending, error } = useJob(jobId);
  const finished = job !== undefined && isTerminal(job.status);
  useEffect(() => (finished ? undefined : live.follow(jobId)), [live, jobId, finished]);
  return {
    job,
    status: job?.status,
    progress: job?.progress ?? null,
    percent: job ? percentOf(job.status, job.progress) : null,
    isFinished: finished,
    isLoading: isPending,
    error,
  };
}

/** How much of its own work a job has done. */
export function percentOf(status: JobStatus, progress: JobProgress | null): number | null {
  if (status === 'completed') return 100;
  if (!progress || progress.total <= 0) return null;
  return Math.max(0, Math.min(99, Math.floor((progress.current / progress.total) * 100)));
}
