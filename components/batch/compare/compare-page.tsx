'use client';

import { useEffect } from 'react';
import type { OptionField } from '@/components/shared/batch-options';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Page, PageHeader, Panel } from '@/components/ui/panel';
import { RecordProblem } from '@/components/ui/record-problem';
import { Skeleton } from '@/components/ui/skeleton';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { links } from '@/lib/client/links';
import { useBatch } from '@/lib/client/queries/batches';
import { type CompareChoice, useComparison } from '@/lib/client/queries/compare';
import type { BatchDto } from '@/lib/contracts/batch';
import type { ComparisonDto } from '@/lib/contracts/compare';
import { CompareWith } from './compare-with';
import { ComparedItemsTable } from './compared-items-table';
import { Durations } from './durations';
import { OptionDifferences } from './option-differences';
import { SideFacts } from './side-facts';

/**
 * Two batches, or two runs of one, side by side. The address holds what is compared, and how.
 * @param optionFields labels and units of options
 */
export function ComparePage({ batchId, optionFields }: { batchId: string; optionFields: readonly OptionField[] }) {
  const { data: batch, error, isFetching, refetch } = useBatch(batchId);
  useEffect(() => {
    if (batch) document.title = `Compare · ${batch.name} · Batchyard`;
  }, [batch]);
  if (batch) return <Loaded batch={batch} optionFields={optionFields} />;
  return (
    <Page>
      {error ? (
        <RecordProblem what="batch" error={error} onRetry={() => void refetch()} retrying={isFetching} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function Loading() {
  return (
    <>
      <p role="status" className="sr-only">
        Comparing
      </p>
      <Skeleton className="h-5 w-64" />
      <Skeleton className="h-40 w-full" />
      <Skeleton className="h-64 w-full" />
    </>
  );
}

const NAMES = ['with', 'run', 'withRun', 'match'] as const;

function useChoice(): [CompareChoice, (change: CompareChoice) => void] {
  const [params, change] = useUrlFilters();
  const choice = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = params.get(name);
      return value ? [[name, value]] : [];
    }),
  ) as CompareChoice;
  const set = (next: CompareChoice) =>
    change(Object.fromEntries([...NAMES.map((name) => [name, next[name] ?? '']), ['change', '']]));
  return [choice, set];
}

function Loaded({ batch, optionFields }: { batch: BatchDto; optionFields: readonly OptionField[] }) {
  const [choice, setChoice] = useChoice();
  const isChosen = choice.with !== undefined;
  return (
    <Page>
      <PageHeader
        title={`Compare ${batch.name}`}
        meta={
          <Link href={links.batch(batch.id)} className="text-accent hover:underline">
            Back to the batch
          </Link>
        }
      />
      <CompareWith batch={batch} choice={choice} onChoose={setChoice} />
      {isChosen ? <Compared batch={batch} choice={choice} onChoose={setChoice} optionFields={optionFields} /> : null}
    </Page>
  );
}

interface ComparedProps {
  batch: BatchDto;
  choice: CompareChoice;
  onChoose: (choice: CompareChoice) => void;
  optionFields: readonly OptionField[];
}

function Compared({ batch, choice, onChoose, optionFields }: ComparedProps) {
  const { data: comparison, error, isFetching, isPlaceholderData, refetch } = useComparison(batch.id, choice);
  if (error && !comparison) {
    return (
      <RecordProblem isPage={false} what="batch" error={error} onRetry={() => void refetch()} retrying={isFetching} />
    );
  }
  if (!comparison) return <Loading />;
  return (
    <div className="flex flex-col gap-4" aria-busy={isPlaceholderData}>
      <div className="grid gap-4 lg:grid-cols-2">
        <SideFacts title="This one" side={comparison.here} />
        <SideFacts title="Compared with" side={comparison.there} />
      </div>
      {hasRunOnce(comparison) ? (
        <Notice tone="info" title="This batch has had one run">
          Nothing of it was retried by hand, so there is no earlier run to compare it with.
        </Notice>
      ) : null}
      <OptionDifferences comparison={comparison} fields={optionFields} />
      <Durations comparison={comparison} />
      <Panel title="Items" flush actions={<Matched comparison={comparison} choice={choice} onChoose={onChoose} />}>
        <ComparedItemsTable batch={batch} comparison={comparison} choice={choice} />
      </Panel>
    </div>
  );
}

const hasRunOnce = ({ here, there }: ComparisonDto): boolean => here.batch.id === there.batch.id && here.runs === 1;

/** Says how items were matched, and offers the other way where there is one. */
function Matched({
  comparison,
  choice,
  onChoose,
}: Omit<ComparedProps, 'batch' | 'optionFields'> & { comparison: ComparisonDto }) {
  const { matchedBy, here, there } = comparison;
  const other = matchedBy === 'name' ? 'position' : 'name';
  // Names are offered only where they can be told apart, which the server decides.
  const offered = here.batch.id !== there.batch.id && (matchedBy === 'name' || choice.match === 'position');
  return (
    <span className="text-muted text-xs">
      matched by {matchedBy}
      {offered ? (
        <>
          {' · '}
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => onChoose({ ...choice, match: other === 'name' ? undefined : other })}
          >
            by {other} instead
          </button>
        </>
      ) : null}
    </span>
  );
}
