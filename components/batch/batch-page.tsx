'use client';

import { useEffect, useMemo } from 'react';
import { ActivityPanel } from '@/components/shared/activity';
import type { OptionField } from '@/components/shared/batch-options';
import { Badge } from '@/components/ui/badge';
import { formatCosts } from '@/components/ui/format';
import { onDemand } from '@/components/ui/on-demand';
import { Page, PageHeader } from '@/components/ui/panel';
import { RecordProblem } from '@/components/ui/record-problem';
import { batchLook } from '@/components/ui/status';
import { StatusBadge } from '@/components/ui/status-mark';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { useBatchJobs } from '@/lib/client/queries/batch-items';
import { useBatch, useBatchTable } from '@/lib/client/queries/batches';
import type { BatchDto } from '@/lib/contracts/batch';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { BatchActions } from './batch-actions';
import { batchGates } from './batch-gates';
import { BatchNotices } from './batch-notices';
import { BatchProgress } from './batch-progress';
import { BatchSkeleton } from './batch-skeleton';
import { Counters } from './counters';
import { FailureGroups } from './failure-groups';
import { ItemsSelection } from './items-selection';
import { ItemsTable } from './items-table';
import { ItemsToolbar, RetryShown } from './items-toolbar';
import { LeftOut } from './left-out';
import { Matrix } from './matrix/matrix';
import { OpenBatch } from './open-batch';
import { SlowPanel } from './slow/slow-panel';
import { SteeringPanel } from './steering-panel';
import { Throughput } from './throughput';
import { useBatchActions, useSituation } from './use-batch-actions';
import { useItemFilters } from './use-item-filters';
import { useNeighbors } from './use-neighbors';
import { WatchBell } from './watch-bell';

const DoctorDialog = onDemand(() => import('./doctor-dialog').then((module) => module.DoctorDialog));
const JobProgressModal = onDemand(() =>
  import('@/components/job/job-progress-modal').then((module) => module.JobProgressModal),
);

/**
 * The live page of a batch: progress, throughput, failures with reasons, and every item.
 * @param optionFields the options that can be changed
 */
export function BatchPage({ batchId, optionFields }: { batchId: string; optionFields: readonly OptionField[] }) {
  const { data: batch, error, isFetching, refetch } = useBatch(batchId);
  if (batch) return <Loaded batch={batch} optionFields={optionFields} />;
  if (error) {
    return (
      <Page>
        <RecordProblem what="batch" error={error} onRetry={() => void refetch()} retrying={isFetching} />
      </Page>
    );
  }
  return <BatchSkeleton />;
}

function Loaded({ batch, optionFields }: { batch: BatchDto; optionFields: readonly OptionField[] }) {
  const items = useItemFilters();
  const query = useBatchJobs(batch.id, items.filters);
  const rows = useMemo(() => uniqueRows(query.data?.pages ?? []), [query.data]);
  const actions = useBatchActions(batch);
  const situation = useSituation(batch, actions.pending);
  const gates = batchGates(situation);
  const running = batch.status === 'in-progress';
  const look = batchLook(batch);
  const { openJob, jobId } = items;
  const doctor = useDoctorDialog();
  const { table } = useBatchTable(batch);
  useTitle(batch);

  const near = useNeighbors({ batch, jobId, rows, query, openJob });

  return (
    <Page>
      <PageHeader
        title={batch.name}
        aside={
          <>
            <StatusBadge status={look.mark} word={look.word} filled />
            <Badge>
              <TypeTitle type={batch.type} />
            </Badge>
          </>
        }
        meta={<Meta batch={batch} />}
        actions={
          <>
            <WatchBell batch={batch} />
            <BatchActions situation={situation} actions={actions} onExamine={doctor.show} />
          </>
        }
      />
      <BatchNotices batch={batch} situation={situation} actions={actions} onExamine={doctor.show} />
      <OpenBatch batch={batch} offline={situation.offline} />
      <div className="flex flex-col gap-2">
        <BatchProgress batch={batch} />
        <Counters
          batch={batch}
          status={items.status}
          onFilter={items.setStatus}
          warned={items.warned}
          onWarned={items.setWarned}
        />
      </div>
      <ItemsSelection
        batch={batch}
        running={running}
        items={items}
        rows={rows}
        isComplete={query.isSuccess && !query.hasNextPage}
      >
        {({ selection, isActive }, selectItems) => (
          <>
            <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
              <Matrix
                batchId={batch.id}
                total={batch.total}
                counts={batch}
                changing={running}
                selected={jobId ? near.index : null}
                onOpen={near.openAt}
                chosen={selection.kind === 'all' ? (selection.match.items ?? null) : null}
                onSelect={selectItems}
              />
              <Throughput batch={batch} running={running} />
            </div>
            <SlowPanel batch={batch} onOpen={openJob} />
            <FailureGroups
              batch={batch}
              running={running}
              gate={gates.retry}
              busy={actions.pending === 'retry'}
              onRetry={(reason) => actions.retry({ only: 'failed', reason })}
              onOpen={openJob}
              onFilter={(message) => {
                items.setStatus(['failed']);
                items.setQ(message);
              }}
            />
            <SteeringPanel batch={batch} fields={optionFields} />
            {table && table.skipped > 0 ? <LeftOut table={table} /> : null}
            <ActivityPanel kind="batch" id={batch.id} moved={movedBy(batch)} />
            <section aria-label="Items" className="min-w-0 overflow-clip rounded-md border bg-surface">
              <ItemsToolbar
                batch={batch}
                items={items}
                rows={rows}
                retry={
                  isActive ? null : <RetryShown batch={batch} items={items} gate={gates.retry} actions={actions} />
                }
              />
              <ItemsTable batch={batch} running={running} items={items} query={query} rows={rows} />
            </section>
          </>
        )}
      </ItemsSelection>
      {doctor.open ? <DoctorDialog batch={batch} onClose={doctor.close} /> : null}
      {jobId ? (
        <JobProgressModal jobId={jobId} onClose={items.closeJob} onPrevious={near.onPrevious} onNext={near.onNext} />
      ) : null}
    </Page>
  );
}

function Meta({ batch }: { batch: BatchDto }) {
  const costs = formatCosts(batch.costs);
  const facts = [
    batch.createdBy ? `by ${batch.createdBy}` : null,
    <Time key="created" at={batch.createdAt} />,
    batch.run > 1 ? `run ${batch.run}` : null,
    costs === '' ? null : `cost ${costs}`,
    batch.priority > 0 ? `priority ${batch.priority}` : null,
    batch.notBefore && !batch.finishedAt ? <Time key="due" at={batch.notBefore} prefix="not before" /> : null,
  ].filter((fact) => fact !== null);
  return (
    <span className="flex flex-wrap">
      {facts.map((fact, i) => (
        <span key={typeof fact === 'string' ? fact : fact.key}>
          {i > 0 ? <span className="px-1.5 text-faint">·</span> : null}
          {fact}
        </span>
      ))}
    </span>
  );
}

/** Returns the fields that an action on a batch changes, as text. */
const movedBy = ({ name, status, paused, run, cancelMode, sealed, total, options }: BatchDto): string =>
  JSON.stringify([name, status, paused, run, cancelMode, sealed, total, options]);

/** Removes duplicate rows. Pages are refetched one at a time, so two pages may contain the same row for a moment. */
function uniqueRows(pages: readonly { jobs: readonly JobSummaryDto[] }[]): JobSummaryDto[] {
  const seen = new Map<string, JobSummaryDto>();
  for (const page of pages) for (const job of page.jobs) seen.set(job.id, job);
  return [...seen.values()];
}

/** Shows the progress in the title of the browser tab. */
function useTitle(batch: BatchDto): void {
  const state = batch.status === 'in-progress' ? `${batch.progress}%` : batch.status;
  useEffect(() => {
    document.title = `${state} · ${batch.name} · Batchyard`;
  }, [state, batch.name]);
}

/** Keeps the open state of the doctor dialog in the URL, so that the list of stuck batches can link to it. */
function useDoctorDialog(): { open: boolean; show: () => void; close: () => void } {
  const [params, change] = useUrlFilters();
  return {
    open: params.get('doctor') === 'open',
    show: () => change({ doctor: 'open' }),
    close: () => change({ doctor: '' }),
  };
}
