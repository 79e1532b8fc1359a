import { setTimeout as sleep } from 'node:timers/promises';
import type { AbortRequest } from '@/lib/contracts/ipc';

/** Why a running attempt was told to stop. */
export type Aborted = 'cancel' | 'timeout';

/** One attempt that runs in this process. */
export class Entry {
  private readonly controller = new AbortController();
  private giveUp: (() => void) | undefined;
  private grace: NodeJS.Timeout | undefined;
  aborted: Aborted | undefined;

  constructor(readonly batchId: string | null) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /**
   * Aborts the signal. With `force`, and on a timeout, a processor that does not listen is given up after a while.
   * A later force makes a graceful abort a forced one.
   */
  abort(why: Aborted, force: boolean): void {
    this.aborted ??= why;
    if (!this.controller.signal.aborted) this.controller.abort(new Error(why === 'cancel' ? 'cancelled' : 'timed out'));
    if (force || why === 'timeout') this.giveUp?.();
  }

  /** Rejects `graceMs` after a forced abort or a timeout. */
  gaveUp(graceMs: number): Promise<never> {
    return new Promise((_, reject) => {
      this.giveUp = () => {
        this.grace ??= setTimeout(() => reject(new Error('it did not stop when told to')), graceMs);
      };
    });
  }

  /** The attempt has ended: nobody is given up any more. */
  leave(): void {
    clearTimeout(this.grace);
  }
}

/** The attempts that run in this process. */
export class Running {
  private readonly entries = new Map<string, Entry>();

  get size(): number {
    return this.entries.size;
  }

  get ids(): string[] {
    return [...this.entries.keys()];
  }

  /** Resolves once nothing has run here for so long. */
  async idleFor(ms: number): Promise<void> {
    for (let since = Date.now(); Date.now() - since < ms; await sleep(20)) if (this.size > 0) since = Date.now();
  }

  /** A new attempt of a job begins; an older one of the same job is forgotten. */
  enter(jobId: string, batchId: string | null): Entry {
    const entry = new Entry(batchId);
    this.entries.set(jobId, entry);
    return entry;
  }

  leave(jobId: string, entry: Entry): void {
    entry.leave();
    if (this.entries.get(jobId) === entry) this.entries.delete(jobId);
  }

  /** Tells the attempts of these jobs and batches to stop. */
  abort(request: AbortRequest): void {
    for (const id of request.jobIds) this.entries.get(id)?.abort('cancel', request.force);
    if (request.batchIds.length === 0) return;
    const batches = new Set(request.batchIds);
    for (const entry of this.entries.values()) {
      if (entry.batchId && batches.has(entry.batchId)) entry.abort('cancel', request.force);
    }
  }
}
