export interface ExponentialOptions {
  /** milliseconds before the first retry */
  base: number;
  /** upper bound of the delay before jitter, in milliseconds */
  max?: number;
  /** maximum share of the delay that is added at random: 0.25 makes each delay 1 to 1.25 times as long */
  jitter?: number;
  random?: (() => number) | undefined;
}

/**
 * Adds jitter to a delay, so that calls that failed together are not retried together. The delay stays the minimum.
 * @param delay milliseconds @param jitter maximum share of the delay that is added
 * @returns milliseconds
 */
export const withJitter = (delay: number, jitter: number, random: () => number = Math.random): number =>
  delay * (1 + jitter * random());

/**
 * Returns a function for exponential backoff. From the number of failures (1 is the first), it computes the delay
 * before the next attempt in milliseconds. The delay doubles with each failure up to `max`.
 */
export function exponential({ base, max = Number.POSITIVE_INFINITY, jitter = 0, random }: ExponentialOptions) {
  return (failures: number): number => withJitter(Math.min(max, base * 2 ** (failures - 1)), jitter, random);
}
