export type Points = readonly (readonly [x: number, y: number])[];

export interface ChartFrame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Returns the range that contains all curves. It starts at zero if the values are near zero. Returns null without points. */
export function frameOf(curves: readonly Points[]): ChartFrame | null {
  const points = curves.flat();
  if (points.length === 0) return null;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const bottom = low >= 0 && low < high / 2 ? 0 : low;
  return { left: Math.min(...xs), right: Math.max(...xs), top: high > bottom ? high : bottom + 1, bottom };
}

/** Returns an SVG path through the points; a single point becomes a dot. */
export function pathOf(points: Points, frame: ChartFrame, width: number, height: number): string {
  const wide = frame.right - frame.left;
  const place = ([x, y]: readonly [number, number]): string => {
    const across = wide === 0 ? 0 : ((x - frame.left) / wide) * width;
    const down = (1 - (y - frame.bottom) / (frame.top - frame.bottom)) * height;
    return `${round(across)} ${round(down)}`;
  };
  const [first, ...rest] = points;
  if (!first) return '';
  return rest.length === 0 ? `M${place(first)}h0.01` : `M${place(first)}${rest.map((p) => `L${place(p)}`).join('')}`;
}

const round = (n: number): number => Math.round(n * 10) / 10;

/** Formats a number of a chart with four significant digits. */
export const figure = (n: number): string =>
  Number.isInteger(n)
    ? String(n)
    : Math.abs(n) >= 1000 || Math.abs(n) < 0.0001
      ? n.toExponential(2)
      : String(Number(n.toPrecision(4)));
