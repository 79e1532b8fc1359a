/** A budget that fills up over time: quiet times save for a burst, a long rush is held to the refill. */
export class Budget {
  #left: number;
  #at = Date.now();

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
  ) {
    this.#left = burst;
  }

  /** Whole units to spend now. */
  get left(): number {
    const now = Date.now();
    this.#left = Math.min(this.burst, this.#left + ((now - this.#at) / 1000) * this.perSecond);
    this.#at = now;
    return Math.floor(this.#left);
  }

  spend(units: number): void {
    this.#left -= units;
  }
}
