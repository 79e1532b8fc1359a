'use client';

import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { QueryBar } from '@/components/query/query-bar';
import { RoleNote } from '@/components/shared/role-note';
import { formatCount, formatNumber } from '@/components/ui/format';
import { onDemand } from '@/components/ui/on-demand';
import { Page, PageHeader, Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Tabs, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { describeError } from '@/lib/client/api';
import { useDeadLetters } from '@/lib/client/queries/dead-letters';
import type { BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { DeadGrouping } from '@/lib/contracts/choices';
import type { DeadLettersAnswer } from '@/lib/contracts/dead-letter';
import { DeadActions, useDeadGates } from './dead-actions';
import { DeadGroup } from './dead-group';
import { useDeadFilters } from './use-dead-filters';

const JobProgressModal = onDemand(() =>
  import('@/components/job/job-progress-modal').then((module) => module.JobProgressModal),
);
const BulkActionDialog = onDemand(() =>
  import('@/components/bulk-action/bulk-action-dialog').then((module) => module.BulkActionDialog),
);

const GROUPINGS: readonly (readonly [DeadGrouping, string])[] = [
  ['reason', 'By reason'],
  ['type', 'By job type'],
  ['batch', 'By batch'],
];

/** What somebody is about to do with the jobs of a query. */
interface Doing {
  action: BulkActionVerb;
  query: string;
  types: readonly string[];
}

/** What failed for good and nobody dealt with, over all batches, in groups, with what can be done about it. */
export function DeadLetters() {
  const filters = useDeadFilters();
  const { text, groupBy } = filters;
  const query = useDeadLetters(text, groupBy);
  const gates = useDeadGates();
  const [doing, setDoing] = useState<Doing | null>(null);
  const [shown, setShown] = useState<ShownJob | null>(null);
  const { data } = query;
  const act =
    (of: string, types: readonly string[] = []) =>
    (action: BulkActionVerb) =>
      setDoing({ action, query: of, types });
  return (
    <Page>
      <PageHeader
        title="Dead letters"
        aside={data ? <Total answer={data} isFiltered={text !== ''} /> : null}
        meta="Jobs that failed for good, over all batches, and that nobody has retried or discarded."
        actions={
          data && data.total > 0 ? (
            <DeadActions
              of={text === '' ? 'all' : 'these'}
              count={data.total}
              gates={gates}
              onAct={act(`is:dead ${text}`.trim())}
            />
          ) : null
        }
      />
      <search>
        <QueryBar kind="jobs" text={text} query={text || undefined} change={filters.search} />
      </search>
      <RoleNote reason={gates.retry.shown ? null : gates.retry.reason} />
      <Tabs value={groupBy} onValueChange={(by) => filters.group(by as DeadGrouping)}>
        <TabsList aria-label="Group by">
          {GROUPINGS.map(([by, title]) => (
            <TabsTrigger key={by} value={by} aria-controls="dead-groups">
              {title}
            </TabsTrigger>
          ))}
        </TabsList>
      </Tabs>
      <div id="dead-groups" role="tabpanel" aria-label={GROUPINGS.find(([by]) => by === groupBy)?.[1]}>
        {data ? (
          <Groups answer={data} isFiltered={text !== ''} isStale={query.isPlaceholderData}>
            {data.groups.map((group) => (
              <DeadGroup
                key={group.query ?? group.sampleJobId}
                group={group}
                by={groupBy}
                total={data.total}
                open={group.query !== null && group.query === filters.opened}
                onOpen={(open) => filters.open(open ? (group.query ?? '') : '')}
                gates={gates}
                onAct={act(group.query ?? '', group.type ? [group.type] : [])}
                onShowJob={(jobId, among = []) => setShown({ jobId, among })}
              />
            ))}
          </Groups>
        ) : query.isError ? (
          <ErrorState
            title="The dead letters could not be read"
            detail={describeError(query.error)}
            onRetry={() => void query.refetch()}
            retrying={query.isFetching}
          />
        ) : (
          <Loading />
        )}
      </div>
      {doing ? <BulkActionDialog open {...doing} onClose={() => setDoing(null)} /> : null}
      {shown ? <JobOfList {...shown} onShow={setShown} /> : null}
    </Page>
  );
}

/** A job in the modal, and the list that it is one of. */
interface ShownJob {
  jobId: string;
  among: readonly string[];
}

function JobOfList({ jobId, among, onShow }: ShownJob & { onShow: (shown: ShownJob | null) => void }) {
  const at = among.indexOf(jobId);
  const to = (next: string | undefined) => (next === undefined ? null : () => onShow({ jobId: next, among }));
  const neighbors = at < 0 ? {} : { onPrevious: to(among[at - 1]), onNext: to(among[at + 1]) };
  return <JobProgressModal jobId={jobId} onClose={() => onShow(null)} {...neighbors} />;
}

/** `4,315 in 3 groups` */
function Total({
  answer: { total, groupCount, searched },
  isFiltered,
}: {
  answer: DeadLettersAnswer;
  isFiltered: boolean;
}) {
  if (total === 0) return null;
  return (
    <span className="text-muted text-sm tabular-nums">
      {formatCount(total, 'job')} in {formatCount(groupCount, 'group')}
      {isFiltered ? ' match' : ''}
      {searched.all ? '' : `, among the newest ${formatNumber(searched.rows)}`}
    </span>
  );
}

interface GroupsProps {
  answer: DeadLettersAnswer;
  isFiltered: boolean;
  isStale: boolean;
  children: React.ReactNode[];
}

function Groups({ answer: { groups, groupCount, searched }, isFiltered, isStale, children }: GroupsProps) {
  if (groups.length === 0) {
    return isFiltered ? (
      <EmptyState
        title={
          searched.all
            ? 'No dead letters match'
            : `No dead letters match among the newest ${formatNumber(searched.rows)}`
        }
      >
        {searched.all
          ? 'Change the query above, or empty it to see all.'
          : 'The time for a search was not enough for the older ones. Add a reason, a type or a batch.'}
      </EmptyState>
    ) : (
      <EmptyState icon={<Inbox />} title="No dead letters">
        Nothing has failed for good without somebody having dealt with it. A job comes here when its last attempt has
        failed, and leaves when it is retried, discarded or deleted.
      </EmptyState>
    );
  }
  return (
    <Panel flush aria-busy={isStale || undefined} className={isStale ? 'opacity-60' : undefined}>
      <ul aria-label="Groups of dead letters" data-rows="">
        {children}
      </ul>
      {groupCount > groups.length ? (
        <p className="border-t px-3 py-2 text-muted text-xs">
          The {formatNumber(groups.length)} largest of {formatNumber(groupCount)} groups. A query finds the others.
        </p>
      ) : null}
    </Panel>
  );
}

function Loading() {
  return (
    <Panel flush aria-busy="true" aria-label="Dead letters, being read">
      {['w-1/2', 'w-2/5', 'w-3/5', 'w-1/3'].map((width) => (
        <div key={width} className="flex h-12 items-center gap-4 border-b px-3 last:border-b-0">
          <Skeleton className="w-14" />
          <Skeleton className={width} />
        </div>
      ))}
    </Panel>
  );
}
