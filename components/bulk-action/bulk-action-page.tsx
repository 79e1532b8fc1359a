'use client';

import { ExternalLink, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatEta, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Page, PageHeader, Panel } from '@/components/ui/panel';
import { RecordProblem } from '@/components/ui/record-problem';
import { Skeleton } from '@/components/ui/skeleton';
import { StatusBadge } from '@/components/ui/status-mark';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useStale } from '@/lib/client/live/use-connection';
import { useAbortBulkAction } from '@/lib/client/mutations/bulk-actions';
import { useBulkAction } from '@/lib/client/queries/bulk-actions';
import { useViewer } from '@/lib/client/queries/system';
import type { BulkActionDto } from '@/lib/contracts/bulk-action';
import type { TagChange } from '@/lib/contracts/tag-change';
import { ActionProgress } from './action-progress';
import { ACTION_WORDS, countOf, lookOf, placesOf, titleOf, whatOf } from './action-words';
import { ChosenJobs } from './chosen-jobs';
import { Batches, Reasons } from './estimate-view';

/** The live page of a bulk action. */
export function BulkActionPage({ id }: { id: string }) {
  const { data, error, isFetching, refetch } = useBulkAction(id);
  if (data) return <Loaded bulkAction={data} />;
  return (
    <Page>
      {error ? (
        <RecordProblem what="bulk action" error={error} onRetry={() => void refetch()} retrying={isFetching} />
      ) : (
        <>
          <p role="status" className="sr-only">
            Loading the bulk action
          </p>
          <Skeleton className="h-5 w-64" />
          <Skeleton className="h-40 w-full" />
        </>
      )}
    </Page>
  );
}

function Loaded({ bulkAction }: { bulkAction: BulkActionDto }) {
  const { action, of, query, note, status, matched, done, failed, skipped, waiting, by, abortedBy } = bulkAction;
  const title = titleOf(bulkAction);
  const places = placesOf(bulkAction);
  const { mark, word } = lookOf(bulkAction);
  useEffect(() => {
    document.title = `${title} · Batchyard`;
  }, [title]);
  const counts = [
    [done, ACTION_WORDS[action].done],
    [failed, 'failed'],
    [skipped, 'skipped'],
    [waiting, status === 'running' ? 'to go' : 'left as they are'],
  ] as const;
  return (
    <Page>
      <PageHeader
        title={title}
        aside={<StatusBadge filled status={mark} word={word} />}
        meta={
          <>
            by {by} · <Time at={bulkAction.createdAt} />
            {places ? ` · ${places}` : ''}
            {note ? ` · “${note}”` : ''}
          </>
        }
        actions={
          <>
            {query === null ? null : (
              <Button asChild>
                <Link href={links.jobs(query)}>
                  <ExternalLink /> Open what it matched
                </Link>
              </Button>
            )}
            {status === 'running' ? <Abort bulkAction={bulkAction} /> : null}
          </>
        }
      />
      <div className="flex flex-col gap-2">
        <ActionProgress bulkAction={bulkAction} size="lg" />
        <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm">
          {counts.map(([count, what]) => (
            <span key={what} className={what === 'failed' && count > 0 ? 'text-status-failed' : undefined}>
              <span className="font-medium tabular-nums">{formatNumber(count)}</span> {what}
            </span>
          ))}
          <span className="text-muted">{paceInWords(bulkAction)}</span>
        </p>
        {status === 'aborted' ? (
          <p className="text-muted text-sm">
            {abortedBy ? `${abortedBy} aborted it.` : 'It was aborted.'} What was changed before stays changed.
          </p>
        ) : null}
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          {skipped > 0 ? (
            <Panel flush title={`Why ${countOf(of, skipped)} ${skipped === 1 ? 'was' : 'were'} skipped`}>
              <Reasons title="Skipped" of={of} reasons={bulkAction.skippedWhy} />
            </Panel>
          ) : null}
          {failed > 0 ? (
            <Panel flush title={`Why ${countOf(of, failed)} could not be changed`}>
              <Reasons title="Failed" of={of} reasons={bulkAction.failedWhy} />
            </Panel>
          ) : null}
          <ChosenJobs bulkAction={bulkAction} />
        </div>
        <Panel title="What was chosen">
          <div className="flex flex-col gap-3 text-sm">
            <p>
              {countOf(of, matched)}, chosen and frozen with the estimate.{' '}
              {query === null ? 'They were picked in a list.' : 'They matched the query:'}
            </p>
            {query === null ? null : (
              <code className="rounded-md bg-sunken px-2 py-1 font-mono text-xs [overflow-wrap:anywhere]">
                {whatOf(bulkAction)}
              </code>
            )}
            {bulkAction.set ? <Changes set={bulkAction.set} /> : null}
            {bulkAction.tags ? <Tags tags={bulkAction.tags} /> : null}
            <Batches places={bulkAction} />
          </div>
        </Panel>
      </div>
    </Page>
  );
}

/** The rate and the time left, or when it ended. */
function paceInWords({ ratePerMinute, etaSeconds, status, matched, waiting, finishedAt }: BulkActionDto) {
  const rate = ratePerMinute === null ? '' : `at most ${formatNumber(ratePerMinute)} a minute`;
  if (status === 'running') {
    return [rate, formatEta(etaSeconds, matched - waiting, matched)].filter(Boolean).join(' · ');
  }
  return (
    <>
      {rate ? `${rate} · ` : ''}
      {finishedAt ? <Time at={finishedAt} prefix="ended" /> : null}
    </>
  );
}

function Changes({ set }: { set: Record<string, string> }) {
  return (
    <dl aria-label="Changed fields" className="flex flex-col gap-1">
      {Object.entries(set).map(([field, expression]) => (
        <div key={field} className="flex gap-2 font-mono text-xs">
          <dt className="shrink-0 text-muted">{field}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">{expression}</dd>
        </div>
      ))}
    </dl>
  );
}

function Tags({ tags: { add, remove } }: { tags: TagChange }) {
  return (
    <p className="text-sm [overflow-wrap:anywhere]">
      {[add.length > 0 && `Adds ${add.join(', ')}`, remove.length > 0 && `Removes ${remove.join(', ')}`]
        .filter(Boolean)
        .join(' · ')}
    </p>
  );
}

function Abort({ bulkAction }: { bulkAction: BulkActionDto }) {
  const { id, of, waiting, action } = bulkAction;
  const { data: viewer } = useViewer();
  const offline = useStale();
  const abort = useAbortBulkAction();
  const [asking, setAsking] = useState(false);
  const refused = roleReason(viewer, 'bulk-action.abort');
  if (refused !== null) return <RoleNote reason={refused} />;
  return (
    <>
      <Button
        variant="danger"
        reason={offline && 'Batchyard cannot be reached at the moment'}
        onClick={() => setAsking(true)}
      >
        <Square /> Abort
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Abort ${titleOf(bulkAction).toLowerCase()}?`}
        consequence={`About ${countOf(of, waiting)} will stay as ${waiting === 1 ? 'it is' : 'they are'}. What was ${ACTION_WORDS[action].done} before stays so.`}
        confirm="Abort it"
        keep="Let it go on"
        danger
        busy={abort.isPending}
        error={abort.error ? describeError(abort.error) : null}
        onConfirm={() =>
          void abort.mutateAsync(id).then(
            () => setAsking(false),
            () => undefined,
          )
        }
      />
    </>
  );
}
