'use client';

import { useEffect, useRef, useState } from 'react';
import { formatDuration, formatNumber, formatRate } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { useConnection } from '@/lib/client';
import type { BatchDto } from '@/lib/contracts';
import { linePath, niceTop, recall, remember, type Sample } from './history';

const WIDTH = 300;
const HEIGHT = 72;
const FAILURES = 16;
const MOST = 120;
/** A young line doesn't have to fill the width. */
const LEAST = 40;

/** Throughput and failures as seen from this tab, second by second. */
export function Throughput({ batch, running }: { batch: BatchDto; running: boolean }) {
  // What is not known is not drawn: while the stream is away, the line waits.
  const live = useConnection().state === 'live';
  const samples = useSamples(batch, running && live);
  const shown = samples.slice(-MOST);
  const top = niceTop(Math.max(0, ...shown.map((s) => s.rate)));
  const failed = shown.reduce((sum, s) => sum + s.failed, 0);
  const first = shown[0];
  const span = first ? (shown.at(-1)?.at ?? first.at) - first.at : 0;
  return (
    <Panel
      title="Throughput"
      actions={
        <span className="text-muted text-xs">{running ? formatRate(batch.ratePerSecond) : averageOf(batch)}</span>
      }
    >
      <figure className="m-0 flex flex-col gap-2">
        <div className="relative">
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            className="block h-24 w-full"
            aria-hidden="true"
          >
            <path
              d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`}
              className="stroke-line"
              fill="none"
              vectorEffect="non-scaling-stroke"
            />
            {shown.length > 1 ? <Line samples={shown} top={top} /> : null}
          </svg>
          {shown.length > 1 ? (
            <span className="absolute top-0.5 left-0 bg-surface pr-1 text-2xs text-faint">{formatRate(top)}</span>
          ) : (
            <span className="absolute inset-0 flex items-center justify-center bg-surface/70 text-muted text-xs">
              {running ? 'Collecting the first seconds' : 'Recorded while you watch a running batch'}
            </span>
          )}
        </div>
        <Failures samples={shown} />
        <figcaption className="flex justify-between gap-2 text-2xs text-muted">
          <span>
            {failed > 0 ? `${formatNumber(failed)} failed` : 'no failures'} in{' '}
            {span > 0 ? `the last ${formatDuration(span)}` : 'this view'}
          </span>
          <span>now</span>
        </figcaption>
      </figure>
    </Panel>
  );
}

function Line({ samples, top }: { samples: readonly Sample[]; top: number }) {
  const path = linePath(
    samples.map((s) => s.rate),
    WIDTH,
    HEIGHT - 2,
    top,
    Math.max(LEAST, samples.length),
  );
  const left = path.slice(1, path.indexOf(' '));
  return (
    <g transform="translate(0 1)">
      <path d={`${path}L${WIDTH} ${HEIGHT}L${left} ${HEIGHT}Z`} className="fill-status-active-soft" />
      <path
        d={path}
        className="stroke-status-active"
        fill="none"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </g>
  );
}

function Failures({ samples }: { samples: readonly Sample[] }) {
  const most = Math.max(1, ...samples.map((s) => s.failed));
  const step = WIDTH / Math.max(LEAST, samples.length);
  const offset = WIDTH - samples.length * step;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${FAILURES}`}
      preserveAspectRatio="none"
      className="block h-4 w-full"
      aria-hidden="true"
    >
      <path d={`M0 ${FAILURES - 0.5}H${WIDTH}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
      {samples.map((s, i) => {
        if (s.failed === 0) return null;
        const height = Math.max(2, (s.failed / most) * FAILURES);
        return (
          <rect
            key={s.at}
            x={offset + i * step}
            y={FAILURES - height}
            width={Math.max(1, step - 0.5)}
            height={height}
            className="fill-status-failed"
          />
        );
      })}
    </svg>
  );
}

function averageOf({ ratePerSecond }: BatchDto): string {
  return ratePerSecond ? `${formatRate(ratePerSecond)} on average` : '';
}

/** One sample each second while the batch runs. */
function useSamples(batch: BatchDto, running: boolean): Sample[] {
  const [samples, setSamples] = useState<Sample[]>(() => recall(batch.id));
  const latest = useRef(batch);
  useEffect(() => {
    latest.current = batch;
  }, [batch]);
  useEffect(() => {
    if (!running) return;
    const take = (): void => setSamples(remember(latest.current, Date.now()));
    take();
    const timer = setInterval(take, 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return samples;
}
