const MAX_SIZE = 500;
/** micro-batches in flight at once */
const PARALLEL = 2;

/**
 * Group commit: collects inputs and processes them in one call, a hundred thousand rows a second instead of a few
 * thousand. An input that finds nothing in flight is processed at once; while a call is in flight, others are collected.
 * Callers wait for their micro-batch, which is the backpressure.
 */
export class MicroBatch<In, Out> {
  private waiting: { input: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  private running = 0;
  private scheduled = false;

  constructor(private readonly process: (inputs: In[]) => Promise<Out[]>) {}

  /** Resolves to the output for this input, when its micro-batch is done. */
  add(input: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, resolve, reject });
      if (this.waiting.length >= MAX_SIZE) this.flush();
      else this.schedule();
    });
  }

  /** Resolves when nothing waits and nothing runs. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0 || this.running > 0) {
      this.flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Flushes after the present round of the event loop, because inputs often come together. */
  private schedule(): void {
    if (this.scheduled || this.running >= PARALLEL) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.waiting.length > 0 && this.running < PARALLEL) void this.run(this.waiting.splice(0, MAX_SIZE));
  }

  private async run(batch: typeof this.waiting): Promise<void> {
    this.running += 1;
    try {
      const outputs = await this.process(batch.map((entry) => entry.input));
      batch.forEach((entry, i) => {
        entry.resolve(outputs[i] as Out);
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      this.running -= 1;
      if (this.waiting.length > 0) this.schedule();
    }
  }
}
