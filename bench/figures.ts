const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);

/** Returns the quantile of the values; the given part is between 0 and 1. */
export const percentile = (values: number[], part: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.ceil(values.length * part) - 1)] ?? Number.NaN;

export const middle = (values: number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN;

const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** Formats the median and, in brackets, minimum and maximum. */
export const spread = (values: number[]): string =>
  `${whole(middle(values))} (${whole(Math.min(...values))}–${whole(Math.max(...values))})`;

/** Does the same for ratios. */
export const times = (values: number[]): string =>
  `${middle(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;

export const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
