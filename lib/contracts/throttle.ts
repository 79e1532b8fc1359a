/**
 * Runs work at most once per interval: at once when it has rested, else once more when the interval is over.
 * Work never runs twice at the same time; requests that arrive meanwhile are coalesced into one run.
 */
export class Throttle {
  #requested = false;
  #busy = false;

  /**
   * @param intervalMs from the end of one run to the beginning of the next
   * @param options.leadMs wait before a run after a rest, so that requests of one moment share it
   * @param options.onIdle nothing was requested during the interval
   */
  constructor(
    private readonly intervalMs: number,
    private work: () => void | Promise<void>,
    private readonly options: { leadMs?: number; onIdle?: () => void } = {},
  ) {}

  /** Requests a run. @param work replaces what was given before */
  schedule(work = this.work): void {
    this.work = work;
    this.#requested = true;
    if (this.#busy) return;
    this.#busy = true;
    if (this.options.leadMs === undefined) void this.#run();
    else setTimeout(() => void this.#run(), this.options.leadMs);
  }

  /** Drops what was requested. What runs already goes on. */
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
