/** What a consumer asks of Postgres for its deliveries goes in groups of this size, two of them under way at once. */
export const DELIVERY_GROUPS = { size: 500, waitMs: 2, parallel: 2 };

/**
 * Gathers calls over a few milliseconds and carries them out together: the difference between a few thousand and
 * a hundred thousand rows a second. Callers wait for their group, which is the back-pressure.
 */
export class Group<In, Out> {
  private waiting: { input: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  private running = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly carryOut: (inputs: In[]) => Promise<Out[]>,
    /** `size`: most in a group; `waitMs`: longest wait for company; `parallel`: groups under way at once */
    private readonly limits: { size: number; waitMs: number; parallel: number },
  ) {}

  /** Resolves to the output for this input, when its group is done. */
  add(input: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, resolve, reject });
      if (this.waiting.length >= this.limits.size) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), this.limits.waitMs);
    });
  }

  /** Resolves when nothing waits and nothing runs. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.running > 0) {
      this.flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.length > 0 && this.running < this.limits.parallel) {
      void this.run(this.waiting.splice(0, this.limits.size));
    }
  }

  private async run(group: typeof this.waiting): Promise<void> {
    this.running += 1;
    try {
      const outputs = await this.carryOut(group.map((g) => g.input));
      group.forEach((g, i) => {
        g.resolve(outputs[i] as Out);
      });
    } catch (error) {
      for (const g of group) g.reject(error);
    } finally {
      this.running -= 1;
      if (this.waiting.length > 0) this.flush();
    }
  }
}
