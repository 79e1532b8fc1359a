/** Lets a number of callers through at once, the others in the order they came. */
export class Gate {
  #inside = 0;
  readonly #waiting: { limit: number; open: () => void }[] = [];

  get idle(): boolean {
    return this.#inside === 0 && this.#waiting.length === 0;
  }

  /** @throws the reason of `signal` */
  async enter(limit: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#inside < limit && this.#waiting.length === 0) {
      this.#inside += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const entry = {
        limit,
        open: () => {
          signal.removeEventListener('abort', stop);
          resolve();
        },
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(entry);
    });
  }

  leave(): void {
    this.#inside -= 1;
    for (let next = this.#waiting[0]; next && this.#inside < next.limit; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#inside += 1;
      next.open();
    }
  }
}
