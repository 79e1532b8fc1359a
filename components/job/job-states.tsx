'use client';

import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { describeError, isApiError } from '@/lib/client';

/** The job could not be shown: it does not exist, or it could not be read. */
export function JobProblem({ error, onRetry, retrying }: { error: Error; onRetry: () => void; retrying: boolean }) {
  if (isApiError(error, 'not-found')) {
    return (
      <EmptyState
        title="There is no such job"
        actions={
          <Button asChild>
            <Link href="/jobs">All jobs</Link>
          </Button>
        }
      >
        It may have been removed after its retention time, or the link is not complete.
      </EmptyState>
    );
  }
  return (
    <ErrorState title="The job could not be read" detail={describeError(error)} onRetry={onRetry} retrying={retrying} />
  );
}

/** The job's content in its final geometry. */
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
