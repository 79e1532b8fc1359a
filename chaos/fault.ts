import type { Context } from '@/lib/domain/context';
import type { Installation } from './installation';

/** The target of a fault: an installation with running batches. */
export interface Scene {
  installation: Installation;
  context: Context;
  /** the batches that must end correctly; batches that a fault adds to are included */
  batchIds: string[];
  /** jobs of a bulk action */
  bulkRows: number;
  /** launches one more batch */
  feed(items: unknown[], options?: { concurrency?: number }): Promise<string>;
  /** whether some of the batches are unfinished */
  busy(): Promise<boolean>;
}

/** A fault that is injected while batches run. */
export interface Fault {
  name: string;
  /** its requirements: some faults exist on one backend only */
  on?: 'redis';
  /** whether it is part of the short form, which `npm test` runs */
  short?: boolean;
  /** it hits no deliveries, so none with several rows has to be seen */
  beside?: boolean;
  /**
   * Injects the fault once the batches run, repeatedly if needed.
   * @returns how often it was observed to happen; 0 fails the round
   * @throws for a violation that the oracle cannot detect
   */
  strike(scene: Scene): Promise<number>;
}

/** Sends SIGKILL. @returns whether the process existed */
export function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}
