'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { describeError } from '@/lib/client/api';
import { useHistory } from '@/lib/client/queries/history';
import type { HistoryDto } from '@/lib/contracts/history';
import { HISTORY_STEP_MS } from '@/lib/contracts/history-steps';
import { Chosen } from './chosen';
import { HistoryControls } from './history-controls';
import { HistoryFigures } from './history-figures';
import { HistoryTable } from './history-table';
import { comparisonOf, type HistoryView, viewOf } from './history-view';

// The library of the charts is loaded only here.
const Charts = dynamic(() => import('./history-charts').then((module) => module.HistoryCharts), {
  ssr: false,
  loading: () => <ChartsSkeleton />,
});

/** The history: charts or a table of what ended over time, and the jobs behind each point. */
export function HistoryPage() {
  const [params, setParams] = useUrlFilters();
  const [now] = useState(() => Date.now());
  const view = viewOf(params, now);
  const comparison = comparisonOf(view, now);
  const backMs = view.compare && 'backMs' in comparison ? comparison.backMs : undefined;
  const { data, error, isPlaceholderData, isFetching, refetch } = useHistory(view);
  const before = useHistory({ ...view, backMs }, { enabled: backMs !== undefined });
  const [chosen, setChosen] = useState<readonly [from: number, to: number] | null>(null);
  const held = useHeld(data);
  const change = (changes: Record<string, string>) => {
    setChosen(null);
    setParams(changes);
  };
  return (
    <>
      <HistoryControls view={view} comparison={comparison} onChange={change} now={now} />
      {error && !data ? (
        <ErrorState
          title="The history could not be read"
          detail={describeError(error)}
          onRetry={() => void refetch()}
          retrying={isFetching}
        />
      ) : (
        <div className={cn('flex flex-col gap-4', isPlaceholderData && 'opacity-60')}>
          <HistoryFigures total={data?.total} />
          {held.shown ? (
            <Points
              view={view}
              history={held.shown}
              before={backMs === undefined ? undefined : before.data}
              backMs={backMs}
              beforeLabel={'label' in comparison ? comparison.label : ''}
              hold={held.hold}
              chosen={chosen}
              onChoose={setChosen}
              onChange={change}
            />
          ) : (
            <ChartsSkeleton />
          )}
        </div>
      )}
    </>
  );
}

interface PointsProps {
  view: HistoryView;
  history: HistoryDto;
  before: HistoryDto | undefined;
  backMs: number | undefined;
  beforeLabel: string;
  hold: (on: boolean) => void;
  /** the beginning of the first and the end of the last chosen point */
  chosen: readonly [from: number, to: number] | null;
  onChoose: (range: readonly [from: number, to: number] | null) => void;
  onChange: (changes: Record<string, string>) => void;
}

function Points({ view, history, before, backMs, beforeLabel, hold, chosen, onChoose, onChange }: PointsProps) {
  const length = HISTORY_STEP_MS[history.step];
  const choose = (first: number, last: number) => {
    const [from, to] = [history.points[first], history.points[last]];
    if (from && to) onChoose([Date.parse(from.at), Date.parse(to.at) + length]);
  };
  if (view.asTable) return <HistoryTable history={history} type={view.type} />;
  return (
    <>
      <div onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)}>
        <Charts
          history={history}
          before={before}
          backMs={backMs}
          beforeLabel={beforeLabel}
          chosen={chosen}
          onChoose={choose}
        />
      </div>
      <Chosen
        history={history}
        chosen={chosen}
        type={view.type}
        onChoose={choose}
        onClear={() => onChoose(null)}
        onZoom={onChange}
      />
    </>
  );
}

function ChartsSkeleton() {
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      {['Ended', 'Duration', 'Waiting time', 'Waiting jobs and workers'].map((title) => (
        <Panel key={title} title={title}>
          <Skeleton className="h-45" />
        </Panel>
      ))}
    </div>
  );
}

/** Keeps what is shown while the pointer is over it: nothing moves under the pointer. */
function useHeld(data: HistoryDto | undefined): { shown: HistoryDto | undefined; hold: (on: boolean) => void } {
  const [held, setHeld] = useState<HistoryDto | null>(null);
  const same =
    held &&
    data &&
    held.step === data.step &&
    Date.parse(data.from) - Date.parse(held.from) < 10 * HISTORY_STEP_MS[held.step];
  return { shown: same ? held : data, hold: (on) => setHeld(on ? (data ?? null) : null) };
}
