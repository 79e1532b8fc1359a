import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { exponential } from '@/lib/contracts/backoff';
import type { Changes } from '@/lib/contracts/events';
import type { AbortRequest, ConsumerMessage } from '@/lib/contracts/ipc';
import { retryForever } from '@/lib/db/retry-forever';
import { type NodeState, storePid } from '@/lib/domain/worker/nodes';
import { redeliverUnclaimed } from '@/lib/domain/worker/redeliver';
import { type Ending, releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { countAllWaiting, countWaiting } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { type Consumer, forkConsumer, sendToConsumer } from './consumers';

/** A consumer that sends no message for this long has a blocked event loop. It is killed, and its jobs are suspects. */
const UNRESPONSIVE_MS = 45_000;
/** A consumer that is not ready after this time is killed and forked again. */
const STARTUP_MS = 180_000;
/** The delay before a crashed consumer is forked again. It grows until one has run for a while. */
const restartDelay = exponential({ base: 100, max: 10_000 });
const HEALTHY_AFTER_MS = 30_000;
/** The quarantine consumer stays for this long after its last suspect, because another one may follow. */
const QUARANTINE_IDLE_MS = 20_000;
/** Consumers beyond the minimum end after this time without a job. */
const SHRINK_AFTER_MS = 60_000;

export interface PoolEvents {
  message(message: ConsumerMessage): void;
  /** rows of a consumer that ended were requeued */
  released(changes: Partial<Changes>): void;
  /** a consumer ended, and a round should follow */
  needsRound(): void;
}

/** The consumers of this machine: forks them, restarts those that die, requeues their rows, and scales their number. */
export class ConsumerPool {
  private readonly consumers = new Map<number, Consumer>();
  private nodeId = 0;
  private stopping = false;
  private draining = false;
  private forking = 0;
  private crashesInARow = 0;
  private suspectsSeenAt = 0;
  private activeAt = Date.now();
  /** deliveries were waiting in the last round too */
  private waited = false;

  constructor(private readonly events: PoolEvents) {}

  /** Forks the minimum number of consumers. @param nodeId of this supervisor */
  async start(nodeId: number): Promise<void> {
    this.nodeId = nodeId;
    const forks = Array.from({ length: env().WORKER_PROCESSES.min }, () =>
      retryForever('Forking a consumer', () => this.fork({ quarantine: false })),
    );
    await Promise.all(forks);
  }

  /** The load of this machine, as heartbeats store it: consumers that take jobs, and the jobs that they run. */
  load(): Required<Omit<NodeState, 'stopping'>> {
    const all = [...this.consumers.values()];
    return {
      load: all.map(({ id, memoryBytes, cpuPercent }) => ({ id, memoryBytes, cpuPercent })),
      processes: all.filter((c) => c.ready && !c.quarantine).length,
      jobsActive: all.reduce((sum, c) => sum + c.active, 0),
    };
  }

  /** Whether rounds are needed although the rows show no work: a job runs, a consumer is missing, or there was a suspect. */
  isBusy(): boolean {
    return (
      (!this.draining && this.regular().length < env().WORKER_PROCESSES.min) ||
      [...this.consumers.values()].some((c) => c.quarantine || c.active > 0)
    );
  }

  /** Checks what needs no query: kills consumers that do not respond, and ends those that had no job for long. */
  check(): void {
    for (const consumer of this.consumers.values()) {
      if (consumer.active > 0) this.activeAt = Date.now();
      const silentMs = Date.now() - consumer.lastMessageAt;
      if (silentMs < (consumer.ready ? UNRESPONSIVE_MS : STARTUP_MS)) continue;
      logger.error(
        { consumerId: consumer.id, silentMs },
        `A consumer was unresponsive for ${Math.round(silentMs / 1000)} s. Sending SIGKILL; its jobs will be requeued.`,
      );
      consumer.process.kill('SIGKILL');
    }
    const [first, ...others] = this.regular();
    const isIdle = Date.now() - this.activeAt > SHRINK_AFTER_MS;
    if (first && others.length >= env().WORKER_PROCESSES.min && isIdle) this.retire(first);
  }

  /** Forks what is missing: consumers up to the minimum, one more if deliveries wait, and one for suspects. */
  async scale(): Promise<void> {
    if (this.draining) return;
    if (this.regular().length + this.forking < (await this.countWanted())) await this.fork({ quarantine: false });
    const own = [...this.consumers.values()].find((c) => c.quarantine && !c.stopping);
    if (own?.active) this.suspectsSeenAt = Date.now();
    if (own && Date.now() - this.suspectsSeenAt < QUARANTINE_IDLE_MS) return;
    if ((await countWaiting(QUARANTINE_QUEUE)) > 0) {
      this.suspectsSeenAt = Date.now();
      if (!own) await this.fork({ quarantine: true });
    } else if (own) {
      this.retire(own);
    }
  }

  abort(request: AbortRequest): void {
    for (const consumer of this.consumers.values()) sendToConsumer(consumer, { type: 'abort', ...request });
  }

  /** Tells all consumers to read again which own types there are. */
  tellTypes(): void {
    for (const consumer of this.consumers.values()) sendToConsumer(consumer, { type: 'job-types' });
  }

  /** Replaces the consumers, which keep the code that they have loaded. The old ones end what they run. */
  async replace(): Promise<void> {
    const old = this.regular();
    await Promise.all(old.map(() => this.fork({ quarantine: false })));
    for (const consumer of old) this.retire(consumer);
  }

  /**
   * Takes no more work, or takes work again. Consumers that drain end what they run, however long that takes, give back
   * what they prefetched, and exit. Idempotent.
   * @returns whether anything changed
   */
  drain(draining: boolean): boolean {
    if (draining === this.draining) return false;
    this.draining = draining;
    if (draining) for (const consumer of this.consumers.values()) this.retire(consumer);
    // Consumers that still end what they run stay until then; others take their place in the next round.
    else this.events.needsRound();
    return true;
  }

  /** Asks all consumers to stop, also those that are being forked. */
  stop(): void {
    this.stopping = true;
    for (const consumer of this.consumers.values()) this.retire(consumer);
  }

  kill(): void {
    for (const { process: child } of this.consumers.values()) child.kill('SIGKILL');
  }

  /** Resolves when no consumer is left, or at the deadline, to the ids of those that are left. */
  async exited(deadline: number): Promise<number[]> {
    while (this.consumers.size > 0 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 20));
    return [...this.consumers.keys()];
  }

  private regular(): Consumer[] {
    return [...this.consumers.values()].filter((c) => !c.quarantine && !c.stopping);
  }

  /** One more than now while deliveries wait for longer than a round, up to the maximum. */
  private async countWanted(): Promise<number> {
    const { min, max } = env().WORKER_PROCESSES;
    const regular = this.regular();
    const now = regular.length;
    if (now < min) return min;
    if (now >= max) return now;
    const waiting = await countAllWaiting();
    const active = regular.reduce((sum, c) => sum + c.active, 0);
    const isShort = waiting > active || (waiting > 0 && this.waited);
    this.waited = waiting > 0;
    return isShort ? now + 1 : now;
  }

  private async fork({ quarantine }: { quarantine: boolean }): Promise<void> {
    this.forking += 1;
    try {
      const consumer = await forkConsumer(
        this.nodeId,
        { quarantine },
        {
          message: (message) => this.events.message(message),
          exited: (exited, how) => void this.onExit(exited, how),
        },
      );
      this.consumers.set(consumer.id, consumer);
      this.activeAt = Date.now();
      // It was forked during the stop, so it stops too.
      if (this.stopping || this.draining) this.retire(consumer);
      const { pid } = consumer.process;
      if (pid) {
        storePid(consumer.id, pid).catch((err: unknown) =>
          logger.warn({ err, pid }, 'The process id of a consumer could not be stored. Its jobs are not affected.'),
        );
      }
    } finally {
      this.forking -= 1;
    }
  }

  private retire(consumer: Consumer): void {
    consumer.stopping = true;
    sendToConsumer(consumer, { type: 'shutdown' });
  }

  private async onExit(consumer: Consumer, how: string): Promise<void> {
    const crashed = !consumer.stopping;
    const ending: Ending = crashed ? 'crashed' : 'stopped';
    if (crashed) {
      logger.error({ consumerId: consumer.id, how }, 'A consumer died. Its jobs are requeued and run in quarantine.');
    }
    const released = await retryForever('Releasing the rows of a consumer', () =>
      releaseConsumer(consumer.id, ending, how),
    );
    this.consumers.delete(consumer.id);
    const errors = (crashed ? [...released.requeued, ...released.failed] : []).map(({ id, batchId }) => ({
      jobId: id,
      batchId: batchId ?? undefined,
      message: `The worker process died (${how}); this item ${released.failed.some((f) => f.id === id) ? 'failed' : 'runs again on its own'}.`,
    }));
    this.events.released({
      errors,
      jobs: released.changed.map((c) => ({ ...c, jobId: c.id })),
      batches: released.batches.map((b) => b.id),
      done: released.batches.filter((b) => b.finished).map((b) => b.id),
      capacity: true,
    });
    if (this.stopping) return;
    redeliverUnclaimed().catch((error: unknown) =>
      logger.warn(
        { err: error, consumerId: consumer.id },
        'Unclaimed deliveries of a dead consumer were not delivered again. The queue does it when their locks expire.',
      ),
    );
    if (released.requeued.length > 0) this.suspectsSeenAt = Date.now();
    const healthy = Date.now() - consumer.startedAt > HEALTHY_AFTER_MS;
    this.crashesInARow = healthy ? 1 : this.crashesInARow + 1;
    setTimeout(() => this.events.needsRound(), crashed ? restartDelay(this.crashesInARow) : 0);
  }
}
