import { Page } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';

/** The batch page while it loads, with the final sizes. */
export function BatchSkeleton() {
  return (
    <Page>
      <p role="status" className="sr-only">
        Loading the batch
      </p>
      <div className="flex h-12 flex-col justify-center gap-2">
        <Skeleton className="h-5 w-64" />
        <Skeleton className="w-40" />
      </div>
      <div className="flex flex-col gap-2">
        <Skeleton className="h-8 w-24" />
        <Skeleton className="h-3 w-full" />
        <Skeleton className="h-8 w-full max-w-xl" />
      </div>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
        <Skeleton className="h-55 rounded-md" />
        <Skeleton className="h-55 rounded-md" />
      </div>
      <Skeleton className="h-96 rounded-md" />
    </Page>
  );
}
