/** How long something should take, in milliseconds, and the limits of its size. */
interface Pace {
  targetMs: number;
  least: number;
  most: number;
}

/** Returns how many rows the next statement or transaction takes, so that it is about as long as it should be. */
export function nextSize(size: number, tookMs: number, { targetMs, least, most }: Pace): number {
  const next = tookMs < targetMs / 4 ? size * 4 : Math.floor((size * targetMs) / tookMs);
  return Math.min(most, Math.max(least, next));
}
