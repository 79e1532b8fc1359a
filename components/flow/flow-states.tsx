'use client';

import { Page } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';

/** The flow page while it loads, with the final sizes. */
export function FlowSkeleton() {
  return (
    <Page className="h-full min-h-120">
      <p role="status" className="sr-only">
        Loading the flow
      </p>
      <div className="flex h-12 flex-col justify-center gap-2">
        <Skeleton className="h-5 w-64" />
        <Skeleton className="w-40" />
      </div>
      <div className="flex flex-col gap-1.5">
        <Skeleton className="h-8 w-24" />
        <Skeleton className="h-2 w-full" />
      </div>
      <GraphSkeleton />
    </Page>
  );
}

/** A placeholder for the graph while its code loads. */
export function GraphSkeleton() {
  return (
    <div aria-hidden="true" className="grid min-h-0 flex-1 place-items-center rounded-md border bg-canvas">
      <div className="flex items-center gap-14">
        <div className="flex flex-col gap-3">
          {[0, 1, 2].map((row) => (
            <Skeleton key={row} className="h-13 w-54 rounded-md" />
          ))}
        </div>
        <Skeleton className="h-13 w-54 rounded-md max-sm:hidden" />
      </div>
    </div>
  );
}
