/**
 * Runs work at most once per interval: immediately after an idle interval, else at the end of the interval.
 * Runs never overlap. Requests that arrive during a run or an interval are coalesced into one run.
 */
export class Throttle {
  #requested = false;
  #busy = false;

  /**
   * @param intervalMs milliseconds from the end of one run to the start of the next
   * @param options.leadMs milliseconds before a run after an idle interval, so that simultaneous requests share it
   * @param options.onIdle called when nothing was requested during an interval
   */
  constructor(
    private readonly intervalMs: number,
    private work: () => void | Promise<void>,
    private readonly options: { leadMs?: number; onIdle?: () => void } = {},
  ) {}

  /** Requests a run. @param work replaces the previous work */
  schedule(work = this.work): void {
    this.work = work;
    this.#requested = true;
    if (this.#busy) return;
    this.#busy = true;
    if (this.options.leadMs === undefined) void this.#run();
    else setTimeout(() => void this.#run(), this.options.leadMs);
  }

  /** Cancels a requested run. A run that has started continues. */
  stop(): void {
    this.#requested = false;
  }

  async #run(): Promise<void> {
    if (!this.#requested) {
      this.#busy = false;
      this.options.onIdle?.();
      return;
    }
    this.#requested = false;
    try {
      const running = this.work();
      if (running) await running;
    } finally {
      setTimeout(() => void this.#run(), this.intervalMs);
    }
  }
}
