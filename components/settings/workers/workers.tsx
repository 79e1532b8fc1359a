'use client';

import { formatCount } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { TypeTitle } from '@/components/ui/type-title';
import { describeError } from '@/lib/client/api';
import { useJobTypes } from '@/lib/client/queries/jobs';
import { useWorkers } from '@/lib/client/queries/system';
import type { NodeDto } from '@/lib/contracts/worker';
import { Machine } from './machine';

/** The live machines, and above them what no machine has. */
export function Workers() {
  const { data: nodes, isError, error, refetch, isFetching } = useWorkers();
  if (!nodes) {
    return isError ? (
      <ErrorState
        title="The workers could not be read"
        detail={describeError(error)}
        onRetry={() => void refetch()}
        retrying={isFetching}
      />
    ) : (
      <Skeleton className="h-64 rounded-md" />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <Missing />
      {nodes.length === 0 ? (
        <EmptyState title="No worker is connected">
          Jobs wait until one starts: <code>npm start</code> runs one. Nothing is lost.
        </EmptyState>
      ) : (
        <>
          <p className="text-muted text-sm">{summary(nodes)}</p>
          {nodes.map((node) => (
            <Machine key={node.id} node={node} />
          ))}
        </>
      )}
    </div>
  );
}

function summary(nodes: readonly NodeDto[]): string {
  const consumers = nodes.flatMap((node) => node.consumers);
  const active = consumers.reduce((sum, { activeCount }) => sum + activeCount, 0);
  const machines = formatCount(nodes.length, 'machine');
  return `${machines}, ${formatCount(consumers.length, 'process', 'processes')}, ${formatCount(active, 'job')} running`;
}

/** Types that no running worker has, or that machines have in different versions. */
function Missing() {
  const { data } = useJobTypes();
  const missing = data?.filter(({ state }) => state === 'no-worker') ?? [];
  const differing = data?.filter(({ state }) => state === 'differs') ?? [];
  return (
    <>
      {missing.length > 0 ? (
        <Notice tone="warning" title="Types without a worker">
          Their jobs wait, hold no slot, and go on by themselves: <TypeTitles types={missing} />.
        </Notice>
      ) : null}
      {differing.length > 0 ? (
        <Notice title="Machines have different code">
          Whichever takes a job runs its own version of <TypeTitles types={differing} />.
        </Notice>
      ) : null}
    </>
  );
}

function TypeTitles({ types }: { types: readonly { type: string }[] }) {
  return types.map(({ type }, i) => (
    <span key={type}>
      {i > 0 ? ', ' : ''}
      <TypeTitle type={type} />
    </span>
  ));
}
