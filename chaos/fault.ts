import type { Context } from '@/lib/domain/context';
import type { Installation } from './installation';

/** What a fault is done to: an installation in which batches run. */
export interface Scene {
  installation: Installation;
  context: Context;
  /** the batches that must end well, whatever happens; those that a fault feeds are added */
  batchIds: string[];
  /** launches one more batch */
  feed(items: unknown[], options?: { concurrency?: number }): Promise<string>;
  /** whether some of the batches have not finished */
  busy(): Promise<boolean>;
}

/** Something bad that happens while batches run. */
export interface Fault {
  name: string;
  /** what it needs: some faults exist on one backend only */
  on?: 'redis';
  /** part of the short form, which `npm test` runs */
  short?: boolean;
  /**
   * Done once the batches run; repeats by itself where that is its nature.
   * @returns how often it really happened, as observed; 0 fails the round
   * @throws when something is wrong that the oracle can't see
   */
  strike(scene: Scene): Promise<number>;
}

/** Sends SIGKILL. @returns whether there was such a process */
export function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}
