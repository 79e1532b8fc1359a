interface Entry<T> {
  result: Promise<T>;
  begun: boolean;
}

/**
 * Reads that those who ask for the same thing share, a few at once: however many streams are opened together, there
 * are few questions to the database. Whoever asks gets a read that began after it asked, so nothing is missed between
 * what was read and what is told from then on.
 */
export class SharedReads<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  read(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && !known.begun) return known.result;
    const entry: Entry<T> = { begun: false, result: this.#turn().then(() => this.#run(key, entry, work)) };
    this.#entries.set(key, entry);
    return entry.result;
  }

  async #run(key: string, entry: Entry<T>, work: () => Promise<T>): Promise<T> {
    entry.begun = true;
    try {
      return await work();
    } finally {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      const next = this.#waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }

  #turn(): Promise<void> {
    if (this.free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.free -= 1;
    return Promise.resolve();
  }
}
