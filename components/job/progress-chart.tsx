'use client';

import { cn } from '@/components/ui/cn';
import type { ProgressChart } from '@/lib/contracts/job';
import { figure, frameOf, pathOf } from './chart-geometry';

const WIDTH = 600;
const HEIGHT = 120;
/** curves differ by color and by dashes */
const LOOK = [
  { line: 'stroke-accent', dash: undefined },
  { line: 'stroke-status-partial', dash: '5 3' },
  { line: 'stroke-status-delayed', dash: '2 3' },
  { line: 'stroke-status-completed', dash: '8 2 2 2' },
];

/** Values that a job reports while it runs, for example the loss of each epoch. */
export function ProgressCurves({ chart }: { chart: ProgressChart }) {
  const series = chart.series.filter(({ points }) => points.length > 0);
  const frame = frameOf(series.map(({ points }) => points));
  if (!frame) return null;
  const summary = series.map(({ name, points }) => `${name} ${figure(points.at(-1)?.[1] ?? 0)}`).join(', ');
  return (
    <figure className="min-w-0 rounded-md border p-3" aria-label={`Curves by ${chart.axis}`}>
      <figcaption className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {series.map(({ name, points }, i) => (
          <span key={name} className="inline-flex items-center gap-1.5">
            <Sample index={i} />
            <span className="text-muted">{name}</span>
            <span className="font-mono">{figure(points.at(-1)?.[1] ?? 0)}</span>
          </span>
        ))}
        <span className="ml-auto text-faint">
          {chart.axis} {figure(frame.right)}
        </span>
      </figcaption>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 font-mono text-2xs text-faint">
        <div className="flex flex-col justify-between text-right" aria-hidden="true">
          <span>{figure(frame.top)}</span>
          <span>{figure(frame.bottom)}</span>
        </div>
        <svg
          role="img"
          aria-label={`${chart.axis} ${figure(frame.right)}: ${summary}`}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="block h-32 w-full overflow-visible"
        >
          {[0, 0.5, 1].map((share) => (
            <path
              key={share}
              d={`M0 ${share * HEIGHT}H${WIDTH}`}
              className="stroke-line"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {series.map(({ name, points }, i) => (
            <path
              key={name}
              d={pathOf(points, frame, WIDTH, HEIGHT)}
              className={cn(LOOK[i]?.line)}
              strokeDasharray={LOOK[i]?.dash}
              fill="none"
              strokeWidth="1.75"
              strokeLinejoin="round"
              strokeLinecap="round"
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
        <span />
        <div className="flex justify-between" aria-hidden="true">
          <span>{figure(frame.left)}</span>
          <span>{figure(frame.right)}</span>
        </div>
      </div>
    </figure>
  );
}

function Sample({ index }: { index: number }) {
  return (
    <svg viewBox="0 0 20 4" className="h-1 w-5" aria-hidden="true">
      <path d="M0 2H20" className={LOOK[index]?.line} strokeDasharray={LOOK[index]?.dash} strokeWidth="2.5" />
    </svg>
  );
}
