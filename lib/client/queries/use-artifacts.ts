'use client';

import { useQuery } from '@tanstack/react-query';
import { api, apiBytes } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { FileDto } from '@/lib/contracts/file';
import type { ArtifactList, JobDetailDto } from '@/lib/contracts/job';

/** The files that a job made. Read again when the job moves. */
export const useArtifacts = (job: Pick<JobDetailDto, 'id' | 'status' | 'attemptsMade'>) =>
  useQuery({
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
