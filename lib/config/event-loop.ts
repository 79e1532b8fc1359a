import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of uninterrupted work: far below what a person notices. */
const TURN_MS = 8;

/** Yields to the event loop in the middle of long work. Cheap enough to be checked often. */
export class EventLoop {
  private since = performance.now();

  /** Whether it is time to yield. */
  get due(): boolean {
    return performance.now() - this.since > TURN_MS;
  }

  async yield(): Promise<void> {
    await nextTurn();
    this.since = performance.now();
  }
}
