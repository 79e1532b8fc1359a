/** Runs `work` soon after it is asked for, never twice at once, and with a pause after each run. */
export class Cadence {
  #asked = false;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #restUntil = 0;

  constructor(
    private readonly pauseMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  ask(): void {
    this.#asked = true;
    if (this.#running || this.#timer) return;
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, this.#restUntil - Date.now()));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asked = false;
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#asked = false;
    this.#running = true;
    try {
      await this.work();
    } finally {
      this.#running = false;
      this.#restUntil = Date.now() + this.pauseMs;
      if (this.#asked) this.ask();
    }
  }
}
