'use client';

import { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { useThemeColors } from '@/components/ui/use-theme-colors';
import type { HistoryStep } from '@/lib/contracts/history-steps';
import 'uplot/dist/uPlot.min.css';
import { type Curve, optionsOf, type Palette, THEME_COLORS } from './chart-options';

export interface TimeChartProps {
  /** beginnings of the points, in milliseconds */
  at: readonly number[];
  step: HistoryStep;
  curves: readonly Curve[];
  format: (value: number) => string;
  /** the chosen points, from the first to the last one */
  chosen: readonly [number, number] | null;
  onChoose: (first: number, last: number) => void;
}

/**
 * Curves over time on a canvas. A click chooses a point, dragging chooses several. The library is loaded with the first chart.
 * What it shows is also in the table of the page, and the points can be chosen by keyboard there and on the slider.
 */
export function TimeChart(props: TimeChartProps) {
  const colors = useThemeColors(THEME_COLORS);
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  const Library = useLibrary();
  const { at, curves, step, chosen } = props;
  const shape = curves.map((curve) => curve.label).join('|');
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const element = host.current;
    if (!element || !Library || !colors || !hasCanvas()) return;
    const now = latest.current;
    const options = optionsOf({
      curves: now.curves,
      colors: colors as Palette,
      step,
      width: element.clientWidth,
      format: (value) => latest.current.format(value),
      onChoose: (first, last) => latest.current.onChoose(first, last),
      makeDate: (seconds) => {
        const date = new Date(seconds * 1000);
        return step === 'day' ? Library.tzDate(date, 'Etc/UTC') : date;
      },
      bars: Library.paths.bars?.({ size: [0.7, 40] }),
    });
    const made = new Library(options, dataOf(now), element);
    plot.current = made;
    mark(made, now);
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: options.height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
    // `shape` stands for the curves: new values need no new chart.
  }, [Library, colors, shape, step]);

  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    const now = { at, curves, chosen, step };
    made.setData(dataOf(now));
    mark(made, now);
  }, [at, curves, chosen, step]);

  return (
    <div
      ref={host}
      aria-hidden="true"
      className="h-45 min-w-0 touch-pan-y overflow-hidden [&_.u-select]:bg-accent/15"
    />
  );
}

type Shown = Pick<TimeChartProps, 'at' | 'curves' | 'chosen' | 'step'>;

const dataOf = ({ at, curves }: Shown): uPlot.AlignedData => [
  at.map((moment) => moment / 1000),
  ...curves.map((curve) => [...curve.values]),
];

/** Marks the chosen points. */
function mark(made: uPlot, { at, chosen }: Shown): void {
  const [first, last] = chosen ? [at[chosen[0]], at[chosen[1]]] : [];
  if (first === undefined || last === undefined) {
    made.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    return;
  }
  const half = ((at[1] ?? 0) - (at[0] ?? 0)) / 2;
  const left = made.valToPos((first - half) / 1000, 'x');
  const width = made.valToPos((last + half) / 1000, 'x') - left;
  made.setSelect({ left, width, top: 0, height: made.over.clientHeight }, false);
}

const hasCanvas = (): boolean => document.createElement('canvas').getContext('2d') !== null;

function useLibrary(): typeof uPlot | null {
  const [library, setLibrary] = useState<{ of: typeof uPlot } | null>(null);
  useEffect(() => {
    let gone = false;
    void import('uplot').then(({ default: of }) => {
      if (!gone) setLibrary({ of });
    });
    return () => {
      gone = true;
    };
  }, []);
  return library?.of ?? null;
}
