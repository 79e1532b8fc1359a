'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { StatusMark } from '@/components/ui/status-mark';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { describeError } from '@/lib/client/api';
import { useBulkActionJobs } from '@/lib/client/queries/bulk-actions';
import type { BulkActionDto, BulkJobState } from '@/lib/contracts/bulk-action';
import { ACTION_WORDS } from './action-words';
import { linkOf } from './estimate-view';

/** The chosen jobs by what became of them, with the reason of each that was not changed. */
export function ChosenJobs({ bulkAction }: { bulkAction: BulkActionDto }) {
  const { action, of, done, failed, skipped, waiting } = bulkAction;
  const tabs = (
    [
      ['skipped', 'skipped', skipped],
      ['failed', 'failed', failed],
      ['done', ACTION_WORDS[action].done, done],
      ['waiting', bulkAction.status === 'running' ? 'to go' : 'left', waiting],
    ] as const
  ).filter(([, , count]) => count > 0);
  const [chosen, setChosen] = useState<BulkJobState | null>(null);
  const state = tabs.find(([each]) => each === chosen)?.[0] ?? tabs[0]?.[0];
  if (!state) return null;
  return (
    <Panel title={{ jobs: 'Jobs', batches: 'Batches', flows: 'Flows' }[of]} flush>
      <Tabs value={state} onValueChange={(next) => setChosen(tabs.find(([each]) => each === next)?.[0] ?? null)}>
        <TabsList aria-label="What became of them" className="px-3 pt-1">
          {tabs.map(([each, word, count]) => (
            <TabsTrigger key={each} value={each}>
              {formatNumber(count)} {word}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value={state}>
          <JobsIn bulkAction={bulkAction} state={state} />
        </TabsContent>
      </Tabs>
    </Panel>
  );
}

function JobsIn({ bulkAction, state }: { bulkAction: BulkActionDto; state: BulkJobState }) {
  const query = useBulkActionJobs(bulkAction, state);
  const jobs = query.data?.pages.flatMap((page) => page.jobs) ?? [];
  if (query.isPending) {
    return (
      <div className="p-3">
        <Skeleton className="w-2/3" />
      </div>
    );
  }
  if (query.isError && jobs.length === 0) {
    return (
      <ErrorState
        title="The list could not be read"
        detail={describeError(query.error)}
        onRetry={() => void query.refetch()}
        retrying={query.isFetching}
      />
    );
  }
  return (
    <>
      <ul aria-label="Jobs of this bulk action" data-rows="" className="max-h-120 overflow-y-auto">
        {jobs.map(({ jobId, was, reason, detail }) => (
          <li
            key={jobId}
            className="flex min-h-8 flex-wrap items-center gap-x-3 border-b px-3 py-1 text-sm last:border-b-0"
          >
            <StatusMark status={was} label={`was ${was}`} still />
            <Link
              href={linkOf(bulkAction.of, jobId)}
              className="min-w-0 truncate font-mono text-xs hover:text-accent hover:underline max-sm:flex-1"
            >
              {jobId}
            </Link>
            <span className="min-w-0 flex-1 text-muted text-xs empty:hidden max-sm:basis-full">
              {[reason, detail].filter(Boolean).join(' ')}
            </span>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className="border-t px-3 py-2">
          <Button size="sm" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </>
  );
}
