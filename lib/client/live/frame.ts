/** Calls `work` at most once per animation frame after `request`; in a hidden tab, where no frame comes, twice a second. */
export class Frame {
  #pending = false;
  readonly #work: () => void;

  constructor(work: () => void) {
    this.#work = work;
  }

  request(): void {
    if (this.#pending) return;
    this.#pending = true;
    const run = (): void => {
      this.#pending = false;
      this.#work();
    };
    if (typeof requestAnimationFrame === 'function' && !globalThis.document?.hidden) requestAnimationFrame(run);
    else setTimeout(run, 500);
  }
}
