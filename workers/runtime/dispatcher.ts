import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import type { RecordedCounts } from '@/lib/contracts/ipc';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { countProcesses } from '@/lib/domain/worker/nodes';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** The window of a running batch, as of its last dispatch. */
interface Window {
  type: JobType;
  dispatching: boolean;
  /** dispatch once more when the present dispatch has ended */
  again: boolean;
  /** less what finished since then */
  inFlight: number;
  /** the window is refilled when no more than this is in flight */
  refillAt: number;
  /** rows that are not enqueued yet */
  waiting: number;
  timer: NodeJS.Timeout | undefined;
}

/** Refills of a window are debounced by this time. */
const DEBOUNCE_MS = 5;
/** How long the number of live consumers is cached. */
const PROCESSES_CACHE_MS = 2000;
/** A batch whose next row is due later is dispatched at this interval anyway. */
const MAX_SLEEP_MS = 60_000;

/** Keeps the windows of running batches filled, driven by what finishes. Any number of machines may do so at once. */
export class Dispatcher {
  private readonly batches = new Map<string, Window>();
  private processes = { count: 0, at: 0 };
  private stopped = false;

  /** Dispatches a batch now, and keeps its window filled from now on. */
  wake(batchId: string, type: JobType): void {
    if (this.stopped) return;
    const window = this.batches.get(batchId);
    if (!window) {
      this.batches.set(batchId, {
        type,
        dispatching: false,
        again: false,
        inFlight: 0,
        refillAt: 0,
        waiting: 1,
        timer: undefined,
      });
    }
    this.schedule(batchId, 0);
  }

  /** Outcomes of the batch were recorded: its window is refilled if it has enough room. */
  recorded(batchId: string, { ended, taken, started }: RecordedCounts): void {
    const window = this.batches.get(batchId);
    if (!window) return;
    window.inFlight += started - ended;
    window.waiting -= taken;
    if (window.waiting > 0 && window.inFlight <= window.refillAt) this.schedule(batchId, DEBOUNCE_MS);
  }

  /** Forgets all batches but these. */
  retain(batchIds: Set<string>): void {
    for (const [id, window] of this.batches) {
      if (batchIds.has(id)) continue;
      clearTimeout(window.timer);
      this.batches.delete(id);
    }
  }

  /** Resolves when no dispatch runs; none starts after it. */
  async stop(): Promise<void> {
    this.stopped = true;
    const all = [...this.batches.values()];
    this.retain(new Set());
    while (all.some((b) => b.dispatching)) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  private schedule(batchId: string, inMs: number): void {
    const window = this.batches.get(batchId);
    if (!window || this.stopped) return;
    if (window.dispatching) {
      window.again = true;
      return;
    }
    if (window.timer && inMs > 0) return;
    clearTimeout(window.timer);
    window.timer = setTimeout(() => {
      window.timer = undefined;
      void this.dispatch(batchId, window);
    }, inMs);
  }

  private async dispatch(batchId: string, window: Window): Promise<void> {
    window.dispatching = true;
    window.again = false;
    let dueInMs: number | undefined;
    try {
      const slots = (await this.countProcesses()) * definitionOf(window.type).consumerConcurrency;
      const done = await dispatchBatch(batchId, slots);
      if (done) {
        Object.assign(window, { inFlight: done.inFlight, refillAt: done.refillAt, waiting: done.waiting });
        dueInMs = done.dueInMs;
      }
    } catch (error) {
      // The supervisor's next tick dispatches again, within a second.
      const level = isRedisAway(error) ? 'debug' : 'warn';
      logger[level](
        { err: error, batchId },
        'A batch could not be dispatched. The supervisor tries again within a second.',
      );
    } finally {
      window.dispatching = false;
    }
    if (window.again) this.schedule(batchId, 0);
    else if (dueInMs !== undefined) this.schedule(batchId, Math.max(1, Math.min(dueInMs, MAX_SLEEP_MS)));
  }

  private async countProcesses(): Promise<number> {
    if (Date.now() - this.processes.at > PROCESSES_CACHE_MS) {
      this.processes = { count: await countProcesses(), at: Date.now() };
    }
    return Math.max(1, this.processes.count);
  }
}
