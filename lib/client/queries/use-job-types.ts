'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { JobTypeList } from '@/lib/contracts/job-type';

/** The job types that this installation knows. They change only with a deployment. */
export function useJobTypes() {
  return useQuery({
    queryKey: keys.jobTypes,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => api<JobTypeList>('/job-types', { signal }),
    select: (answer) => answer.jobTypes,
  });
}
