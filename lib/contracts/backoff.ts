export interface ExponentialOptions {
  /** milliseconds before the first retry */
  base: number;
  /** upper bound of the delay before jitter, in milliseconds */
  max?: number;
  /** how much of the delay is added at random: with 0.25, every delay is between 1 and 1.25 times its value */
  jitter?: number;
  random?: (() => number) | undefined;
}

/**
 * Adds jitter to a delay, so that what failed together does not come back together. The delay stays the lower bound.
 * @param delay milliseconds @param jitter at most this share of the delay is added
 */
export const withJitter = (delay: number, jitter: number, random: () => number = Math.random): number =>
  delay * (1 + jitter * random());

/**
 * Exponential backoff: the delay in milliseconds before the next try, from the number of failures (1 is the first). It
 * doubles with each failure until `max`.
 */
export function exponential({ base, max = Number.POSITIVE_INFINITY, jitter = 0, random }: ExponentialOptions) {
  return (failures: number): number => withJitter(Math.min(max, base * 2 ** (failures - 1)), jitter, random);
}
