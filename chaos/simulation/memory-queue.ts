import type { Delivery } from '@/lib/queue/queues';

/** A delivery in the model of a queue. */
export interface Entry {
  id: string;
  queue: string;
  data: Delivery;
  priority: number;
  state: 'waiting' | 'delayed' | 'active';
  dueAt: number;
  lockedUntil: number;
  stalled: number;
  attemptsMade: number;
  attempts: number;
}

interface Added {
  data: Delivery;
  opts: { jobId: string; priority?: number; attempts?: number; delay?: number };
}

/**
 * A model of the BullMQ properties that the product relies on: ids are unique, a taken delivery is locked, an expired
 * lock makes it available again, retries are counted, and all data can be lost.
 */
export class MemoryQueue {
  readonly entries = new Map<string, Entry>();
  /** deliveries whose next addition fails after the queue stored it, by row id */
  readonly failAfterAdding = new Set<string>();

  constructor(readonly now: () => number) {}

  /** The queue that `queueOf(name)` returns to the product. */
  of(name: string) {
    return {
      addBulk: async (jobs: Added[]) => {
        for (const job of jobs) this.add(name, job);
        if (jobs.some((job) => this.failAfterAdding.delete(job.data.jobId))) {
          throw new Error('the process died after the queue had taken them');
        }
      },
      getJobState: async (id: string) => this.entries.get(id)?.state ?? 'unknown',
      getJobs: async (states: string[]) =>
        [...this.entries.values()].filter((e) => e.queue === name && states.includes(e.state)),
    };
  }

  private add(queue: string, { data, opts }: Added): void {
    if (this.entries.has(opts.jobId)) return;
    this.entries.set(opts.jobId, {
      id: opts.jobId,
      queue,
      data,
      priority: opts.priority ?? 0,
      state: opts.delay ? 'delayed' : 'waiting',
      dueAt: this.now() + (opts.delay ?? 0),
      lockedUntil: 0,
      stalled: 0,
      attemptsMade: 0,
      attempts: opts.attempts ?? 1,
    });
  }

  /** Advances the time: due deliveries become available, and so do those whose lock expired. */
  tick(): void {
    for (const entry of this.entries.values()) {
      if (entry.state === 'delayed' && entry.dueAt <= this.now()) entry.state = 'waiting';
      if (entry.state === 'active' && entry.lockedUntil <= this.now()) {
        entry.state = 'waiting';
        entry.stalled += 1;
      }
    }
  }

  take(entry: Entry, lockMs: number): void {
    entry.state = 'active';
    entry.lockedUntil = this.now() + lockMs;
  }

  /** Acknowledges a delivery. An acknowledgement after the lock expired is ignored. */
  complete(entry: Entry, stalled: number): void {
    if (this.entries.get(entry.id) === entry && entry.stalled === stalled && entry.state === 'active') {
      this.entries.delete(entry.id);
    }
  }

  /** Schedules another attempt after a delay. */
  retry(entry: Entry, stalled: number, delayMs: number): void {
    if (this.entries.get(entry.id) !== entry || entry.stalled !== stalled || entry.state !== 'active') return;
    entry.attemptsMade += 1;
    if (entry.attemptsMade >= entry.attempts) this.entries.delete(entry.id);
    else {
      entry.state = delayMs > 0 ? 'delayed' : 'waiting';
      entry.dueAt = this.now() + delayMs;
    }
  }

  /** Returns a delivery to the queue for a delay, without counting an attempt. */
  putOff(entry: Entry, stalled: number, delayMs: number): void {
    if (this.entries.get(entry.id) !== entry || entry.stalled !== stalled || entry.state !== 'active') return;
    entry.state = 'delayed';
    entry.dueAt = this.now() + delayMs;
  }

  empty(): void {
    this.entries.clear();
  }
}
