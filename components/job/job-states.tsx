'use client';

import { Skeleton } from '@/components/ui/skeleton';

/** The job's content while it loads, with the final sizes. */
export function JobSkeleton() {
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="sr-only">
        Loading the job
      </p>
      <Skeleton className="h-7 w-20" />
      <Skeleton className="h-2 w-full" />
      <div className="grid gap-4 lg:grid-cols-[304px_minmax(0,1fr)]">
        <div className="flex flex-col gap-3 max-lg:order-last">
          <Skeleton className="w-40" />
          <Skeleton className="w-52" />
          <Skeleton className="w-32" />
        </div>
        <Skeleton className="h-72 rounded-md" />
      </div>
    </div>
  );
}
