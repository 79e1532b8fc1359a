import type uPlot from 'uplot';
import { HISTORY_STEP_MS, type HistoryStep } from '@/lib/contracts/history-steps';
import { loneValues } from './history-view';

/** The tokens of the theme that charts draw with. */
export const THEME_COLORS = [
  'ink-muted',
  'line',
  'accent',
  'surface',
  'status-completed',
  'status-failed',
  'status-cancelled',
  'status-delayed',
  'status-active',
  'status-pending',
] as const;
export type ChartColor = (typeof THEME_COLORS)[number];
export type Palette = Readonly<Record<ChartColor, string>>;

/** One curve of a chart. Curves differ by dashes or bars too, not only by color. */
export interface Curve {
  label: string;
  color: ChartColor;
  values: readonly (number | null)[];
  dash?: readonly number[];
  bars?: boolean;
  fill?: boolean;
}

const HEIGHT = 180;
/** All charts of the page have one cursor. */
const SYNC = 'history';

interface Given {
  curves: readonly Curve[];
  colors: Palette;
  step: HistoryStep;
  width: number;
  format: (value: number) => string;
  onChoose: (first: number, last: number) => void;
  makeDate: (seconds: number) => Date;
  bars: uPlot.Series.PathBuilder | undefined;
}

/** Options of uPlot for curves over time. */
export function optionsOf(given: Given): uPlot.Options {
  const { curves, colors, step, width, format, onChoose, makeDate, bars } = given;
  const stepSeconds = HISTORY_STEP_MS[step] / 1000;
  const axis = {
    stroke: colors['ink-muted'],
    grid: { stroke: colors.line, width: 1 },
    ticks: { stroke: colors.line, width: 1 },
  };
  const font = '11px system-ui, sans-serif';
  let downAt = 0;
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    tzDate: makeDate,
    padding: [8, 8, 0, 0],
    scales: {
      // Half a point on both sides, so that the bars of the first and the last one are whole.
      x: { time: true, range: (_, min, max) => [min - stepSeconds / 2, max + stepSeconds / 2] },
      y: { range: (_, _min, max) => [0, Math.max(1, (max ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        font,
        size: 28,
        values: (_, splits, _axis, _space, apart) => splits.map((at) => labelOf(makeDate(at), apart)),
      },
      {
        ...axis,
        font,
        size: (_, values) => widthOf(values),
        values: (_, splits) => splits.map((value) => (Number.isInteger(value) || value > 10 ? format(value) : '')),
      },
    ],
    cursor: { sync: { key: SYNC }, drag: { x: true, y: false, setScale: false }, y: false, points: { size: 6 } },
    series: [
      {},
      ...curves.map(({ label, color, values, dash, bars: asBars, fill }): uPlot.Series => {
        const stroke = colors[color];
        return {
          label,
          stroke,
          width: 1.5,
          // A line needs two values; one between gaps is drawn as a dot.
          points: { show: false, size: 5, fill: stroke, filter: () => (asBars ? null : loneValues(values)) },
          ...(dash ? { dash: [...dash] } : {}),
          ...(asBars && bars ? { paths: bars, fill: stroke, width: 0 } : {}),
          ...(fill ? { fill: `color-mix(in srgb, ${stroke} 14%, transparent)` } : {}),
        };
      }),
    ],
    hooks: {
      ready: [
        (u) => {
          u.over.addEventListener('mousedown', ({ clientX }) => {
            downAt = clientX;
          });
          u.over.addEventListener('click', ({ clientX }) => {
            const { idx } = u.cursor;
            if (Math.abs(clientX - downAt) < 4 && idx !== null && idx !== undefined) onChoose(idx, idx);
          });
        },
      ],
      setSelect: [
        (u) => {
          const { left, width: wide } = u.select;
          if (wide >= 4) onChoose(u.posToIdx(left), u.posToIdx(left + wide));
        },
      ],
    },
  };
}

/** Pixels of the widest label, such as “1 min 20 s”, with its tick. uPlot knows no labels while it measures for the first time. */
const widthOf = (labels: string[] | null): number =>
  Math.max(44, 18 + 6 * Math.max(0, ...(labels ?? []).map(({ length }) => length)));

const DAY_SECONDS = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A clock time, at midnight and for longer distances the day. */
function labelOf(date: Date, apart: number): string {
  const [hours, minutes] = [date.getHours(), date.getMinutes()];
  if (apart >= DAY_SECONDS || (hours === 0 && minutes === 0)) return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
