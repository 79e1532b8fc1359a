import { MAX_CHART_POINTS, type ProgressChart } from '@/lib/contracts/job';

const MAX_SERIES = 4;
const MAX_NAME = 60;

/** Curves that are small enough to travel with every report: thinned evenly, the last point kept, no odd numbers. */
export function boundedChart({ axis, series }: ProgressChart): ProgressChart {
  return {
    axis: axis.slice(0, MAX_NAME),
    series: series.slice(0, MAX_SERIES).map(({ name, points }) => ({
      name: name.slice(0, MAX_NAME),
      points: thinned(points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))),
    })),
  };
}

function thinned(points: [number, number][]): [number, number][] {
  if (points.length <= MAX_CHART_POINTS) return points;
  const step = (points.length - 1) / (MAX_CHART_POINTS - 1);
  return Array.from({ length: MAX_CHART_POINTS }, (_, i) => points[Math.round(i * step)] ?? [0, 0]);
}
