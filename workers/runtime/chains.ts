import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { countWaiting } from '@/lib/queue/inspect';
import type { QueueName } from '@/lib/queue/queues';

/** Where no slot of the process is free, a chain gives way to waiting deliveries after this time. */
const SHARED_MS = 250;
/** Where rows of the process itself wait for a slot, it gives way after this time: they need no other message either. */
const CROWDED_MS = 25;
/**
 * A chain ends after this time in any case. So long work goes through the queue, which spreads it over all consumers,
 * and a queue that was paused by another client starts no more rows.
 */
const LONGEST_MS = 5000;
/** How long the number of waiting deliveries is cached. */
const WAITING_CACHE_MS = 100;

/** Whether a delivery may go on with the next row of its batch. */
export type Chain = () => boolean;

/** What the chains of a worker need to know of it. */
export interface ChainedWorker {
  /** rows in this process that wait for a slot: they are in no queue any more */
  waiting(): number;
  /** whether the process takes no more deliveries */
  isFull(): boolean;
  isClosing(): boolean;
}

/**
 * Decides how long the chains of a worker last. A chain is a delivery that goes on with the next rows of its batch: a
 * consumer claims them in the statement that records an outcome, so that no message is needed for them.
 */
export class Chains {
  private waiting = { count: 0, at: 0, reading: false };

  constructor(
    private readonly queue: QueueName,
    private readonly worker: ChainedWorker,
  ) {}

  /** Begins a chain. */
  begin(): Chain {
    const startedAt = Date.now();
    return () => {
      const age = Date.now() - startedAt;
      if (this.worker.isClosing() || age > LONGEST_MS) return false;
      if (this.worker.waiting() > 0) return age < CROWDED_MS;
      return age < SHARED_MS || !this.worker.isFull() || this.countWaiting() === 0;
    };
  }

  /** Returns the last known number, and reads it again in the background if it is old. */
  private countWaiting(): number {
    const { waiting } = this;
    if (!waiting.reading && Date.now() - waiting.at > WAITING_CACHE_MS) void this.read();
    return waiting.count;
  }

  private async read(): Promise<void> {
    this.waiting.reading = true;
    try {
      this.waiting.count = await countWaiting(this.queue);
    } catch (error) {
      // Without a queue there is nothing to give way to.
      this.waiting.count = 0;
      if (!isRedisAway(error)) {
        logger.debug({ err: error, queue: this.queue }, 'The waiting deliveries could not be counted. Chains go on.');
      }
    } finally {
      Object.assign(this.waiting, { reading: false, at: Date.now() });
    }
  }
}
