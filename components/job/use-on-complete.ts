'use client';

import { useEffect, useRef } from 'react';
import type { JobDetailDto } from '@/lib/contracts/job';

/** Calls `onComplete` each time the job completes while this hook is mounted, but not for an earlier completion. */
export function useOnComplete(job: JobDetailDto | undefined, onComplete?: (result: unknown) => void): void {
  const seen = useRef<{ id: string; status: string } | null>(null);
  const call = useRef(onComplete);
  useEffect(() => {
    call.current = onComplete;
  }, [onComplete]);
  useEffect(() => {
    if (!job) return;
    const before = seen.current;
    seen.current = { id: job.id, status: job.status };
    if (before?.id === job.id && before.status !== 'completed' && job.status === 'completed')
      call.current?.(job.result);
  }, [job]);
}
