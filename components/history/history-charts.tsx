'use client';

import type { ReactNode } from 'react';
import { formatDuration, formatNumber } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import type { HistoryDto, HistoryPoint } from '@/lib/contracts/history';
import type { ChartColor, Curve } from './chart-options';
import { TimeChart } from './time-chart';

interface HistoryChartsProps {
  history: HistoryDto;
  before: HistoryDto | undefined;
  backMs: number | undefined;
  beforeLabel: string;
  chosen: readonly [from: number, to: number] | null;
  onChoose: (first: number, last: number) => void;
}

const BEFORE = [4, 4];
const DOTS = [1, 3];
const LONG = [10, 4];

/** The four charts of the history, with one cursor. */
export function HistoryCharts({ history, before, backMs, beforeLabel, chosen, onChoose }: HistoryChartsProps) {
  const { points, step } = history;
  const at = points.map((point) => Date.parse(point.at));
  const past = new Map(before?.points.map((point) => [Date.parse(point.at) + (backMs ?? 0), point]));
  const now = (value: (point: HistoryPoint) => number | null) => points.map(value);
  const then = (value: (point: HistoryPoint) => number | null, color: ChartColor, what: string): Curve[] =>
    before
      ? [
          {
            label: `${what}, ${beforeLabel}`,
            color,
            dash: BEFORE,
            values: at.map((moment) => {
              const point = past.get(moment);
              return point ? value(point) : null;
            }),
          },
        ]
      : [];
  const indexes = chosen && indexesOf(at, chosen);
  const chart = (title: string, curves: Curve[], format: (value: number) => string) => (
    <Panel key={title} title={title}>
      <TimeChart at={at} step={step} curves={curves} format={format} chosen={indexes} onChoose={onChoose} />
      <Legend curves={curves} />
    </Panel>
  );
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      {chart(
        `Ended in each ${step}`,
        [
          { label: 'completed', color: 'status-completed', fill: true, values: now((p) => p.completed) },
          { label: 'failed', color: 'status-failed', bars: true, values: now((p) => p.failed) },
          { label: 'cancelled', color: 'status-cancelled', dash: DOTS, values: now((p) => p.cancelled) },
          { label: 'retried', color: 'status-delayed', dash: LONG, values: now((p) => p.retried) },
          ...then((p) => p.completed, 'status-completed', 'completed'),
          ...then((p) => p.failed, 'status-failed', 'failed'),
        ],
        formatNumber,
      )}
      {chart(
        'Duration',
        [
          { label: 'p50', color: 'status-active', values: now((p) => p.durationMs.p50) },
          { label: 'p95', color: 'status-delayed', dash: LONG, values: now((p) => p.durationMs.p95) },
          ...then((p) => p.durationMs.p95, 'ink-muted', 'p95'),
        ],
        formatDuration,
      )}
      {chart(
        'Waiting time',
        [
          { label: 'p50', color: 'status-active', values: now((p) => p.waitedMs.p50) },
          { label: 'p95', color: 'status-delayed', dash: LONG, values: now((p) => p.waitedMs.p95) },
          ...then((p) => p.waitedMs.p95, 'ink-muted', 'p95'),
        ],
        formatDuration,
      )}
      {chart(
        'Waiting jobs and workers',
        [
          { label: 'waiting jobs', color: 'status-pending', fill: true, values: now((p) => p.queued) },
          { label: 'worker processes', color: 'accent', dash: LONG, values: now((p) => p.workers) },
          ...then((p) => p.queued, 'ink-muted', 'waiting jobs'),
        ],
        formatNumber,
      )}
    </div>
  );
}

/** The places of the chosen points; null if none of them is shown any more. */
function indexesOf(at: readonly number[], [from, to]: readonly [number, number]): readonly [number, number] | null {
  const first = at.findIndex((moment) => moment >= from);
  const last = at.findLastIndex((moment) => moment < to);
  return first === -1 || last < first ? null : [first, last];
}

function Legend({ curves }: { curves: readonly Curve[] }): ReactNode {
  return (
    <ul className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-2xs text-muted">
      {curves.map(({ label, color, dash, bars }) => (
        <li key={label} className="inline-flex items-center gap-1">
          <svg width="18" height="8" aria-hidden="true" className="shrink-0">
            {bars ? (
              <rect x="6" width="6" height="8" fill={`var(--${color})`} />
            ) : (
              <line
                x1="0"
                x2="18"
                y1="4"
                y2="4"
                stroke={`var(--${color})`}
                strokeWidth="2"
                strokeDasharray={dash?.join(' ')}
              />
            )}
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
