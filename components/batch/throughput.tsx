'use client';

import { useEffect, useRef, useState } from 'react';
import { formatClock, formatExact, formatNumber, formatRate } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { batchLook } from '@/components/ui/status';
import { useConnection } from '@/lib/client/live/use-connection';
import { useThroughput } from '@/lib/client/queries/batch-items';
import type { BatchDto } from '@/lib/contracts/batch';
import { curveOf, linePath, niceTop, type Point, recall, remember, type Sample } from './history';

const WIDTH = 300;
const HEIGHT = 72;
const FAILURES = 16;
/** The least number of points for a curve. */
const LEAST = 3;

/** The rate and the failures over time: points counted by the server, then one sample a second from this tab. */
export function Throughput({ batch, running }: { batch: BatchDto; running: boolean }) {
  // While the event stream is disconnected there is no data, so the curve does not continue.
  const live = useConnection().state === 'live';
  const samples = useSamples(batch, running && live);
  const { data: known, dataUpdatedAt, isLoading } = useThroughput(batch);
  // A finished batch uses only the server's points, so that all steps have the same size.
  const points = curveOf(known, running ? samples : [], dataUpdatedAt);
  const waits = batchLook(batch).mark === 'delayed' && batch.completed + batch.failed === 0;
  const enough = points.length >= LEAST && !waits;
  const top = niceTop(Math.max(0, ...points.map((point) => point.rate)));
  const [first, last] = [points[0], points.at(-1)];
  return (
    <Panel
      title="Throughput"
      className="flex flex-col [&>div]:flex-1"
      actions={<span className="text-muted text-xs">{running ? paceNow(batch) : averageOf(batch)}</span>}
    >
      <figure className="m-0 flex h-full flex-col gap-2">
        <div className="relative min-h-24 flex-1">
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full"
            aria-hidden="true"
          >
            <path
              d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`}
              className="stroke-line"
              fill="none"
              vectorEffect="non-scaling-stroke"
            />
            {enough ? <Line points={points} top={top} /> : null}
          </svg>
          {enough ? (
            <span className="absolute top-0.5 left-0 bg-surface/80 pr-1 text-2xs text-muted">{formatRate(top)}</span>
          ) : (
            <span className="absolute inset-0 flex items-center justify-center bg-surface/70 text-muted text-xs">
              {waits ? 'Starts when the first item is due' : isLoading ? '' : nothingYet(batch, running)}
            </span>
          )}
        </div>
        <Failures points={enough ? points : []} />
        <figcaption className="flex justify-between gap-2 text-2xs text-muted">
          <span>{first && enough ? <Moment at={first.at - first.since} /> : null}</span>
          <span>{batch.failed > 0 ? `${formatNumber(batch.failed)} failed` : 'no failures'}</span>
          <span>{running ? 'now' : last && enough ? <Moment at={last.at} /> : null}</span>
        </figcaption>
      </figure>
    </Panel>
  );
}

function Moment({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExact(at)}>
      {formatClock(at)}
    </time>
  );
}

function nothingYet(batch: BatchDto, running: boolean): string {
  if (running) return batch.paused ? 'No progress while it is paused' : 'Collecting the first seconds';
  return batch.startedAt ? 'Too short for a curve' : 'Starts with the batch';
}

function Line({ points, top }: { points: readonly Point[]; top: number }) {
  const path = linePath(points, WIDTH, HEIGHT - 2, top);
  return (
    <g transform="translate(0 1)">
      <path d={`${path}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} className="fill-status-active-soft" />
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

function Failures({ points }: { points: readonly Point[] }) {
  // Steps have different lengths, so bars show failures per second.
  const most = Math.max(Number.EPSILON, ...points.map((p) => p.failed / p.since));
  const from = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 1) - from);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${FAILURES}`}
      preserveAspectRatio="none"
      className="block h-4 w-full"
      aria-hidden="true"
    >
      <path d={`M0 ${FAILURES - 0.5}H${WIDTH}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
      {points.map((p) => {
        if (p.failed === 0) return null;
        const height = Math.max(2, (p.failed / p.since / most) * FAILURES);
        const width = Math.max(1.5, (p.since / span) * WIDTH - 0.5);
        return (
          <rect
            key={p.at}
            x={Math.max(0, ((p.at - from) / span) * WIDTH - width)}
            y={FAILURES - height}
            width={width}
            height={height}
            className="fill-status-failed"
          />
        );
      })}
    </svg>
  );
}

function paceNow(batch: BatchDto): string {
  return batch.paused ? 'paused' : formatRate(batch.ratePerSecond);
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
