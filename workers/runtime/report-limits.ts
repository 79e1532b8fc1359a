import {
  type JobWarning,
  MAX_CHART_POINTS,
  MAX_WARNING_MESSAGE,
  MAX_WARNINGS,
  type ProgressChart,
} from '@/lib/contracts/job';

const MAX_SERIES = 4;
const MAX_NAME = 60;

/** Limits a chart so that it can be sent with every report: evenly thinned, the last point kept, finite numbers only. */
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

const MAX_CODE = 100;

/** Postgres stores no NUL, and many JSON readers refuse lone surrogates: they are replaced, and a cut leaves none. */
const clean = (text: string, max: number): string =>
  text
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/\p{Surrogate}|\0/gu, '\uFFFD');

/** The warnings of one attempt: each only once, limited in number and length. */
export class Warnings {
  private readonly kept: JobWarning[] = [];
  private left = 0;

  /** Adds a warning. @returns it as it will be shown, or undefined if it was added before */
  add(code: string, message: string): JobWarning | undefined {
    const warning = { code: clean(code, MAX_CODE), message: clean(message, MAX_WARNING_MESSAGE) };
    if (this.kept.some((k) => k.code === warning.code && k.message === warning.message)) return undefined;
    if (this.kept.length < MAX_WARNINGS) this.kept.push(warning);
    else this.left += 1;
    return warning;
  }

  /** The warnings to record. If there were too many, the last one says how many are left out. */
  all(): JobWarning[] | undefined {
    if (this.kept.length === 0) return undefined;
    if (this.left === 0) return this.kept;
    const message = `${this.left + 1} further warnings are in the log of the job.`;
    return [...this.kept.slice(0, -1), { code: 'further-warnings', message }];
  }
}
