import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { countProcesses } from '@/lib/domain/worker/nodes';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

interface Watched {
  type: JobType;
  /** it is being looked at, and shall be `again` right after */
  busy: boolean;
  again: boolean;
  /** as of the last look, less what finished since */
  inFlight: number;
  /** the window is filled again when no more than this is in flight */
  refillAt: number;
  /** rows that were not handed over yet */
  waiting: number;
  timer: NodeJS.Timeout | undefined;
}

/** Finished children are gathered for this long before the next rows are handed over. */
const GATHER_MS = 5;
/** How old the number of live consumers may be. */
const PROCESSES_KNOWN_MS = 2000;
/** What is due later than this is looked at again before. */
const MAX_SLEEP_MS = 60_000;

/** Keeps the windows of running batches filled, driven by what finishes. Any number of machines may do so at once. */
export class Dispatcher {
  private readonly batches = new Map<string, Watched>();
  private processes = { count: 0, at: 0 };
  private stopped = false;

  /** Looks after a batch from now on, and at once. */
  wake(batchId: string, type: JobType): void {
    if (this.stopped) return;
    const watched = this.batches.get(batchId);
    if (!watched) {
      this.batches.set(batchId, {
        type,
        busy: false,
        again: false,
        inFlight: 0,
        refillAt: 0,
        waiting: 1,
        timer: undefined,
      });
    }
    this.schedule(batchId, 0);
  }

  /** Children finished: refills the window when there is room enough. */
  finished(batchId: string, count: number): void {
    const watched = this.batches.get(batchId);
    if (!watched) return;
    watched.inFlight -= count;
    if (watched.waiting > 0 && watched.inFlight <= watched.refillAt) this.schedule(batchId, GATHER_MS);
  }

  /** Keeps only what still runs. */
  retain(batchIds: Set<string>): void {
    for (const [id, watched] of this.batches) {
      if (batchIds.has(id)) continue;
      clearTimeout(watched.timer);
      this.batches.delete(id);
    }
  }

  /** After it nothing more is handed over from here. */
  async stop(): Promise<void> {
    this.stopped = true;
    const all = [...this.batches.values()];
    this.retain(new Set());
    while (all.some((b) => b.busy)) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  private schedule(batchId: string, inMs: number): void {
    const watched = this.batches.get(batchId);
    if (!watched || this.stopped) return;
    if (watched.busy) {
      watched.again = true;
      return;
    }
    if (watched.timer && inMs > 0) return;
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      watched.timer = undefined;
      void this.look(batchId, watched);
    }, inMs);
  }

  private async look(batchId: string, watched: Watched): Promise<void> {
    watched.busy = true;
    watched.again = false;
    let dueInMs: number | undefined;
    try {
      const slots = (await this.countProcesses()) * definitionOf(watched.type).consumerConcurrency;
      const done = await dispatchBatch(batchId, slots);
      if (done) {
        Object.assign(watched, { inFlight: done.inFlight, refillAt: done.refillAt, waiting: done.waiting });
        dueInMs = done.dueInMs;
      }
    } catch (error) {
      // The supervisor's tick looks again within a second.
      const level = isRedisAway(error) ? 'debug' : 'warn';
      logger[level]({ err: error, batchId }, 'a batch could not be dispatched');
    } finally {
      watched.busy = false;
    }
    if (watched.again) this.schedule(batchId, 0);
    else if (dueInMs !== undefined) this.schedule(batchId, Math.max(1, Math.min(dueInMs, MAX_SLEEP_MS)));
  }

  private async countProcesses(): Promise<number> {
    if (Date.now() - this.processes.at > PROCESSES_KNOWN_MS) {
      this.processes = { count: await countProcesses(), at: Date.now() };
    }
    return Math.max(1, this.processes.count);
  }
}
