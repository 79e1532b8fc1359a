'use client';

import { Button } from '@/components/ui/button';
import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { links } from '@/lib/client/links';
import type { HistoryDto, HistoryPoint } from '@/lib/contracts/history';
import { HISTORY_STEP_MS } from '@/lib/contracts/history-steps';
import { formatSpan } from './format-moment';
import { jobsQuery } from './history-view';

interface ChosenProps {
  history: HistoryDto;
  chosen: readonly [from: number, to: number] | null;
  type: string | undefined;
  onChoose: (first: number, last: number) => void;
  onClear: () => void;
  onZoom: (changes: Record<string, string>) => void;
}

/** Keys that choose a point also where the slider cannot move. */
const CHOOSING = new Set(['End', 'ArrowRight', 'ArrowUp', 'PageUp', 'Enter']);

const KINDS = ['failed', 'completed', 'cancelled'] as const;

/** What ended in the chosen points, with links to those jobs, and the slider that chooses a point by keyboard or finger. */
export function Chosen({ history, chosen, type, onChoose, onClear, onZoom }: ChosenProps) {
  const { points, step } = history;
  const [from, to] = chosen ?? [Number.NaN, Number.NaN];
  const within = points.filter((point) => Date.parse(point.at) >= from && Date.parse(point.at) < to);
  const place = points.findLastIndex((point) => Date.parse(point.at) < to);
  const sum = (kind: 'failed' | 'completed' | 'cancelled' | 'retried') =>
    within.reduce((total, point) => total + point[kind], 0);
  const index = place === -1 ? points.length - 1 : place;
  const at = points[index];
  // The slider stands on the last point, so a choice of that one does not change it.
  const chooseShown = () => {
    if (chosen === null && at) onChoose(index, index);
  };
  return (
    <section aria-label="Chosen time" className="rounded-md border bg-surface p-3">
      <input
        type="range"
        min={0}
        max={Math.max(0, points.length - 1)}
        value={index}
        aria-label="Choose a time"
        aria-valuetext={at ? sentenceOf(at, step) : ''}
        onChange={({ target }) => onChoose(Number(target.value), Number(target.value))}
        onPointerUp={chooseShown}
        onKeyUp={({ key }) => CHOOSING.has(key) && chooseShown()}
        className="block w-full accent-accent pointer-coarse:h-10"
      />
      <div className="mt-2 flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2 text-sm">
        {within.length === 0 ? (
          <p className="text-muted">
            Choose a time in a chart, drag over several, or move the slider, to see the jobs behind it.
          </p>
        ) : (
          <>
            <p className="font-medium">{formatSpan(from, to, step)}</p>
            <ul className="flex flex-wrap gap-x-4 gap-y-1">
              {KINDS.map((kind) => (
                <li key={kind}>
                  {sum(kind) === 0 ? (
                    <span className="text-muted">none {kind}</span>
                  ) : (
                    <Link
                      href={links.jobs(jobsQuery(from, to, { status: kind, type }))}
                      className="text-accent hover:underline"
                    >
                      {formatNumber(sum(kind))} {kind}
                    </Link>
                  )}
                </li>
              ))}
              <li className="text-muted">{formatNumber(sum('retried'))} retried</li>
              {within.length === 1 && within[0] ? <Quantiles point={within[0]} /> : null}
            </ul>
            <span className="ml-auto flex gap-2">
              {within.length > 1 || step !== 'minute' ? (
                <Button
                  size="sm"
                  onClick={() =>
                    onZoom({ range: '', from: new Date(from).toISOString(), to: new Date(to).toISOString() })
                  }
                >
                  Show only this time
                </Button>
              ) : null}
              <Button size="sm" variant="ghost" onClick={onClear}>
                Clear
              </Button>
            </span>
          </>
        )}
      </div>
    </section>
  );
}

function Quantiles({ point: { durationMs } }: { point: HistoryPoint }) {
  if (durationMs.p50 === null || durationMs.p95 === null) return null;
  return (
    <li className="text-muted">
      p50 {formatDuration(durationMs.p50)}, p95 {formatDuration(durationMs.p95)}
    </li>
  );
}

const sentenceOf = (point: HistoryPoint, step: HistoryDto['step']): string => {
  const from = Date.parse(point.at);
  const counts = `${formatCount(point.completed, 'completed', 'completed')}, ${formatNumber(point.failed)} failed, ${formatNumber(point.cancelled)} cancelled`;
  return `${formatSpan(from, from + HISTORY_STEP_MS[step], step)}: ${counts}`;
};
