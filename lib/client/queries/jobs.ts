'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { api, apiBytes } from '@/lib/client/api';
import { type JobFilters, keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { FileDto } from '@/lib/contracts/file';
import type { ArtifactList, JobDetailAnswer, JobDetailDto, JobList, JobLogs, JobProgress } from '@/lib/contracts/job';
import type { JobTypeList } from '@/lib/contracts/job-type';
import { isTerminal, type JobStatus } from '@/lib/contracts/status';

/** One job with its attempts, kept current by the stream. */
export function useJob(id: string) {
  const live = useLive();
  return useQuery<JobDetailDto>({
    queryKey: keys.jobs.detail(id),
    refetchInterval: ({ state }) => (state.data && !isTerminal(state.data.status) ? 10_000 : false),
    queryFn: async ({ signal }) => {
      const askedAt = performance.now();
      const { job } = await api<JobDetailAnswer>(`/jobs/${encodeURIComponent(id)}`, { signal });
      return live.mergeJob(job, askedAt);
    },
  });
}

/** Jobs of the organization, newest first, a page at a time. */
export function useJobs(filters: JobFilters = {}, { limit = 100, enabled = true } = {}) {
  const live = useLive();
  return useInfiniteQuery({
    queryKey: keys.jobs.list(filters, limit),
    enabled,
    initialPageParam: null as string | null,
    getNextPageParam: (page: JobList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }) => {
      const askedAt = performance.now();
      const page = await api<JobList>('/jobs', { query: { ...filters, limit, cursor: pageParam }, signal });
      return { ...page, jobs: page.jobs.map((job) => live.mergeJob(job, askedAt)) };
    },
  });
}

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

/** The log lines of a job. No event carries them, so they are read again every second and a half while it runs. */
export function useJobLogs(id: string, { enabled = true, running = false } = {}) {
  return useQuery({
    queryKey: keys.jobs.logs(id),
    enabled,
    refetchInterval: running ? 1_500 : false,
    queryFn: ({ signal }) => api<JobLogs>(`/jobs/${encodeURIComponent(id)}/logs`, { signal }),
    select: (answer) => answer.lines,
  });
}

/** The files that a job made. Read again when the job moves. */
export const useArtifacts = (job: Pick<JobDetailDto, 'id' | 'status' | 'attemptsMade'>, { enabled = true } = {}) =>
  useQuery({
    enabled,
    queryKey: [...keys.jobs.detail(job.id), 'artifacts', job.status, job.attemptsMade],
    queryFn: ({ signal }) => api<ArtifactList>(`/jobs/${encodeURIComponent(job.id)}/artifacts`, { signal }),
    select: (answer) => answer.artifacts,
    placeholderData: (before) => before,
  });

/** The first bytes of a stored file; a file never changes. */
export const useFileHead = (file: FileDto, bytes: number, enabled: boolean) =>
  useQuery({
    queryKey: ['files', file.fileId, 'head', bytes],
    enabled: enabled && file.size > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      apiBytes(`/files/${encodeURIComponent(file.fileId)}`, { signal, headers: { range: `bytes=0-${bytes - 1}` } }),
  });

/** The job types that this installation knows. They change with the workers that have them, which an event tells. */
export function useJobTypes() {
  return useQuery({
    queryKey: keys.jobTypes,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => api<JobTypeList>('/job-types', { signal }),
    select: (answer) => answer.jobTypes,
  });
}

/** Those that can be launched now: the others have a broken file, or none any more. */
export function useLaunchableTypes() {
  const { data, ...query } = useJobTypes();
  const launchable = useMemo(() => data?.filter((type) => type.launchable), [data]);
  return { ...query, data: launchable };
}
