/**
 * Collects values and writes them together, at the latest `afterMs` after the first one: for many small changes of which
 * each write has a fixed price.
 */
export class FlushBuffer<T> {
  /** What was collected since the last flush. Reading it schedules nothing. */
  collected: T;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly empty: () => T,
    private readonly afterMs: number,
    private readonly write: (collected: T) => void | Promise<void>,
    /** `keepAlive: false`: a waiting write does not keep the process running */
    private readonly options: { keepAlive?: boolean } = {},
  ) {
    this.collected = empty();
  }

  /** Returns what was collected so far, to add to it, and schedules a flush if none is. */
  open(): T {
    if (!this.timer) {
      this.timer = setTimeout(() => void this.flush(), this.afterMs);
      if (this.options.keepAlive === false) this.timer.unref();
    }
    return this.collected;
  }

  /** Writes now what was collected. Resolves when it is written. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { collected } = this;
    this.collected = this.empty();
    await this.write(collected);
  }
}
