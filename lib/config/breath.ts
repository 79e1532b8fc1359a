import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work goes on before others are served: far below what anybody notices. */
const TURN_MS = 8;

/** Lets the event loop serve others in the middle of long work. Cheap enough to be asked often. */
export class Breath {
  private since = performance.now();

  /** Whether it is time to pause. */
  get due(): boolean {
    return performance.now() - this.since > TURN_MS;
  }

  async take(): Promise<void> {
    await nextTurn();
    this.since = performance.now();
  }
}
