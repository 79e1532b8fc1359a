/** Runs named work at once and then at most every `ms`, with one last run if it was asked for meanwhile. */
export class Throttle {
  readonly #waiting = new Map<string, boolean>();

  run(name: string, ms: number, work: () => void): void {
    if (this.#waiting.has(name)) {
      this.#waiting.set(name, true);
      return;
    }
    work();
    this.#waiting.set(name, false);
    setTimeout(() => {
      const again = this.#waiting.get(name);
      this.#waiting.delete(name);
      if (again) this.run(name, ms, work);
    }, ms);
  }
}
