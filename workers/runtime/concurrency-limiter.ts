/** A semaphore with a FIFO queue. */
export class ConcurrencyLimiter {
  #running = 0;
  readonly #waiting: { limit: number; admit: () => void }[] = [];

  /** Whether no caller holds a permit or waits for one. */
  get idle(): boolean {
    return this.#running === 0 && this.#waiting.length === 0;
  }

  /** How many callers wait for a permit. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether as many callers as this limit hold a permit. */
  isFull(limit: number): boolean {
    return this.#running >= limit;
  }

  /** Resolves when the caller has a permit; it must call `release`. @throws the reason of `signal` */
  async acquire(limit: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running < limit && this.#waiting.length === 0) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const entry = {
        limit,
        admit: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(entry);
    });
  }

  release(): void {
    this.#running -= 1;
    for (let next = this.#waiting[0]; next && this.#running < next.limit; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running += 1;
      next.admit();
    }
  }

  /** Runs the work with one of `limit` permits. */
  async run<T>(limit: number, work: () => Promise<T>): Promise<T> {
    await this.acquire(limit);
    try {
      return await work();
    } finally {
      this.release();
    }
  }
}
