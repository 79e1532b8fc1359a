'use client';

import { Badge } from '@/components/ui/badge';
import { formatCount, formatExact } from '@/components/ui/format';
import { jobTypeIcon } from '@/components/ui/job-type-icon';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import type { MarkStatus } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import { describeError } from '@/lib/client/api';
import { useJobTypes } from '@/lib/client/queries/jobs';
import type { JobTypeDto, JobTypeState } from '@/lib/contracts/job-type';

const STATE: Readonly<Record<JobTypeState, { mark: MarkStatus; word: string }>> = {
  offered: { mark: 'completed', word: 'Offered' },
  differs: { mark: 'partial', word: 'Differs between machines' },
  'no-worker': { mark: 'paused', word: 'No worker' },
  broken: { mark: 'failed', word: 'Broken' },
};

/** All job types with their state: broken ones first, then those that no worker has. */
export function JobTypes() {
  const { data, isError, error, refetch, isFetching } = useJobTypes();
  if (isError) {
    return (
      <ErrorState
        title="The job types could not be read"
        detail={describeError(error)}
        onRetry={() => void refetch()}
        retrying={isFetching}
      />
    );
  }
  if (!data) return <Skeleton className="h-64 rounded-md" />;
  const own = data.filter((type) => type.source !== 'built-in').toSorted((a, b) => rank(a) - rank(b));
  return (
    <>
      <Panel title="Own types" flush>
        {own.length === 0 ? (
          <p className="p-4 text-muted text-sm">
            There are none. A file in the folder of jobs becomes a type of its name: see <code>docs/own-jobs.md</code>.
          </p>
        ) : (
          <TypeList types={own} />
        )}
      </Panel>
      <Panel title="Built-in types" flush className="mt-4">
        <TypeList types={data.filter((type) => type.source === 'built-in')} />
      </Panel>
    </>
  );
}

const ORDER: readonly JobTypeState[] = ['broken', 'no-worker', 'differs', 'offered'];
const rank = (type: JobTypeDto): number => ORDER.indexOf(type.state);

function TypeList({ types }: { types: JobTypeDto[] }) {
  return (
    <ul className="divide-y">
      {types.map((type) => (
        <TypeRow key={`${type.type} ${type.error?.file ?? ''}`} type={type} />
      ))}
    </ul>
  );
}

function TypeRow({ type }: { type: JobTypeDto }) {
  const { mark, word } = STATE[type.state];
  const Icon = jobTypeIcon(type);
  return (
    <li className="flex items-start gap-3 px-4 py-3 text-sm">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{type.title}</span>
          <code className="text-muted text-xs">{type.type}</code>
          {type.source === 'built-in' ? null : <Badge>{type.source === 'file' ? 'Own' : 'Package'}</Badge>}
        </p>
        {type.error ? (
          <p className="mt-1 text-status-failed [overflow-wrap:anywhere]">
            <code>
              {type.error.file}
              {type.error.line ? `:${type.error.line}` : ''}
            </code>{' '}
            {type.error.message}
          </p>
        ) : null}
        <p className="mt-0.5 text-muted text-xs [overflow-wrap:anywhere]">
          {whereOf(type)}
          {type.many ? ` · up to ${formatCount(type.many.maxItems, 'item')} in one call` : ''}
        </p>
      </div>
      <span className="inline-flex shrink-0 items-center gap-1.5 text-xs">
        <StatusMark status={mark} still />
        {word}
      </span>
    </li>
  );
}

/** Which machines have it, and in which version where they differ. */
function whereOf({ workers, state, source, launchable, noWorkerSince }: JobTypeDto): string {
  if (state === 'broken') return 'Its jobs wait until the file is mended.';
  if (workers.length === 0) {
    if (source === 'built-in' && state === 'offered') return 'Run by programs of your own';
    return launchable
      ? `No running worker has it${noWorkerSince ? ` since ${formatExact(noWorkerSince)}` : ' now'}. Its jobs wait until one does.`
      : 'Its file was removed. Its jobs wait until it is back.';
  }
  const machines = new Map(workers.map(({ node, version }) => [`${node} ${version}`, { node, version }]));
  const names = [...machines.values()].map(({ node, version }) =>
    state === 'differs' ? `${node} (${version})` : node,
  );
  return `On ${names.join(', ')}`;
}
