import { hostname } from 'node:os';
import { env } from '@/lib/config/env';
import { gracePeriod } from '@/lib/config/grace-period';
import { logger } from '@/lib/config/logger';
import { onRedisBack } from '@/lib/config/redis';
import { exponential } from '@/lib/contracts/backoff';
import type { AbortRequest, ConsumerMessage } from '@/lib/contracts/ipc';
import { retryForever } from '@/lib/db/retry-forever';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import { heartbeatNode, registerNode, retireNode, storePid } from '@/lib/domain/worker/nodes';
import { redeliverUnclaimed } from '@/lib/domain/worker/redeliver';
import { type Ending, releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { subscribe } from '@/lib/events/relay';
import type { ControlMessage } from '@/lib/events/topics';
import { followExternal } from '@/lib/interop/follow-external';
import { countWaiting } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { ChangesBuffer } from './changes-buffer';
import { type Consumer, countWanted, forkConsumer, sendToConsumer } from './consumers';
import { Dispatcher } from './dispatcher';
import { runMaintenance, unlessQueueIsAway } from './maintenance';
import { withTimeout } from './with-timeout';

/** What `childProcessManager.getStatus()` returns. */
export interface Status {
  runningBatches: string[];
  activeBatches: number;
  maxBatches: number;
  isShuttingDown: boolean;
}

/** The interval of maintenance rounds. */
const TICK_MS = 1000;
/** The maximum time of each step of a stop, ten seconds in total. After a slow drain the last steps get less time. */
export const STOP_MS = {
  heartbeat: gracePeriod(1500),
  drain: gracePeriod(9200),
  drainWithoutDatabase: gracePeriod(5000),
  dispatch: gracePeriod(5000),
  lastSteps: { max: gracePeriod(2000), min: gracePeriod(200) },
  /** counters, connections, traces: after everything above */
  close: gracePeriod(300),
};
/** A consumer that sends no message for this long has a blocked event loop. It is killed, and its jobs are suspects. */
const UNRESPONSIVE_MS = 45_000;
/** A consumer that is not ready after this time is killed and forked again. */
const STARTUP_MS = 180_000;
/** The delay before a crashed consumer is forked again. It grows until one has run for a while. */
const restartDelay = exponential({ base: 100, max: 10_000 });
const HEALTHY_AFTER_MS = 30_000;
/** The quarantine consumer stays for this long after its last suspect, because another one may follow. */
const QUARANTINE_IDLE_MS = 20_000;

/** Forks consumers, restarts those that die, requeues their rows, and runs the maintenance. One on each machine. */
export class Supervisor {
  private readonly consumers = new Map<number, Consumer>();
  private readonly dispatcher = new Dispatcher();
  private readonly changes = new ChangesBuffer();
  private nodeId = 0;
  private started = false;
  private stopping = false;
  private ticking: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private forking = 0;
  private crashesInARow = 0;
  private suspectsSeenAt = 0;
  private round = 0;
  private queueIsBack = false;
  private known: Status = {
    runningBatches: [],
    activeBatches: 0,
    maxBatches: env().MAX_ACTIVE_BATCHES,
    isShuttingDown: false,
  };

  /** Returns the status as of the last round, at most a second ago. */
  getStatus(): Status {
    return { ...this.known, isShuttingDown: this.stopping };
  }

  async start(): Promise<void> {
    this.nodeId = await retryForever('Registering the supervisor', () => registerNode(hostname(), process.pid));
    await retryForever('Subscribing to control messages', () =>
      subscribe('control', (message) => this.onControl(message)),
    );
    const forks = Array.from({ length: env().WORKER_PROCESSES.min }, () =>
      retryForever('Forking a consumer', () => this.fork({ quarantine: false })),
    );
    await Promise.all(forks);
    await retryForever('The first heartbeat', () => this.heartbeat());
    this.started = true;
    onRedisBack(() => {
      this.queueIsBack = true;
      void this.tick();
    });
    await this.tick();
    this.schedule();
  }

  /**
   * Lets running jobs end for up to nine seconds, then kills the remaining consumers and requeues their rows. If the
   * database is unavailable, the next supervisor that runs requeues the rows.
   */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const startedAt = Date.now();
    const { max, min } = STOP_MS.lastSteps;
    const timeLeft = () => Math.max(min, Math.min(max, startedAt + STOP_MS.drain - max - Date.now()));
    clearTimeout(this.timer);
    const databaseAnswers =
      this.nodeId === 0 || (await withTimeout('The last heartbeat', STOP_MS.heartbeat, () => this.heartbeat()));
    for (const consumer of this.consumers.values()) this.retire(consumer);
    const dispatched = withTimeout('Waiting for the last dispatch', STOP_MS.dispatch, () =>
      Promise.all([this.dispatcher.stop(), this.ticking]),
    );
    // Without the database no outcome can be recorded, so a longer drain is useless.
    await this.consumersExited(startedAt + (databaseAnswers ? STOP_MS.drain : STOP_MS.drainWithoutDatabase));
    for (const { process: child } of this.consumers.values()) child.kill('SIGKILL');
    await dispatched;
    await this.consumersExited(Date.now() + timeLeft());
    if (this.consumers.size > 0) {
      logger.warn(
        { consumerIds: [...this.consumers.keys()] },
        'The jobs of these consumers were not requeued in time. The next supervisor that runs will do it.',
      );
    }
    await withTimeout('Publishing the last changes', timeLeft(), () => this.changes.flush());
    if (this.nodeId !== 0) await withTimeout('Retiring the node', timeLeft(), () => retireNode(this.nodeId));
  }

  /** Resolves when no consumer is left, or at the deadline. */
  private async consumersExited(deadline: number): Promise<void> {
    while (this.consumers.size > 0 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 20));
  }

  private async onControl(message: ControlMessage): Promise<void> {
    if (message.abort) this.abort(message.abort);
    // The rows decide what may be dispatched, so a late message can't wake a batch that has ended.
    if (message.dispatch || message.startQueued) await this.tick();
  }

  private schedule(): void {
    this.timer = setTimeout(async () => {
      await this.tick();
      if (!this.stopping) this.schedule();
    }, TICK_MS);
  }

  /** Runs one maintenance round. Rounds never overlap. */
  private tick(): Promise<void> {
    this.ticking = this.ticking.then(async () => {
      if (this.stopping || !this.started) return;
      this.round += 1;
      try {
        const { queueIsBack } = this;
        this.queueIsBack = false;
        const started = await runMaintenance({
          dispatcher: this.dispatcher,
          round: this.round,
          abort: (request) => this.abort(request),
          queueIsBack,
        });
        await followExternal(this.round, (message) => this.changes.add(message));
        if (started.length > 0) this.changes.add({ capacity: true });
        const { runningBatches, activeBatches, maxBatches } = await getCapacity();
        this.known = { runningBatches, activeBatches, maxBatches, isShuttingDown: this.stopping };
        await unlessQueueIsAway(() => this.keepConsumers());
        await this.heartbeat();
      } catch (error) {
        logger.warn({ err: error }, 'A maintenance round failed. The next one follows in a second.');
      }
    });
    return this.ticking;
  }

  private async keepConsumers(): Promise<void> {
    const regular = [...this.consumers.values()].filter((c) => !c.quarantine && !c.stopping);
    for (const consumer of this.consumers.values()) {
      const silentMs = Date.now() - consumer.lastMessageAt;
      if (silentMs < (consumer.ready ? UNRESPONSIVE_MS : STARTUP_MS)) continue;
      logger.error(
        { consumerId: consumer.id, silentMs },
        `A consumer was unresponsive for ${Math.round(silentMs / 1000)} s. Sending SIGKILL; its jobs will be requeued.`,
      );
      consumer.process.kill('SIGKILL');
    }
    const wanted = await countWanted(
      regular.length,
      regular.reduce((sum, c) => sum + c.active, 0),
    );
    if (regular.length + this.forking < wanted) await this.fork({ quarantine: false });
    else if (regular.length > wanted) {
      const idle = regular.find((c) => c.active === 0);
      if (idle) this.retire(idle);
    }
    await this.keepQuarantine();
  }

  /** A quarantine consumer runs only while there are suspects. */
  private async keepQuarantine(): Promise<void> {
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

  private async fork({ quarantine }: { quarantine: boolean }): Promise<void> {
    this.forking += 1;
    try {
      const consumer = await forkConsumer(
        this.nodeId,
        { quarantine },
        {
          message: (message) => this.onMessage(message),
          exited: (exited, how) => void this.onExit(exited, how),
        },
      );
      this.consumers.set(consumer.id, consumer);
      // It was forked during the stop, so it stops too.
      if (this.stopping) this.retire(consumer);
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

  private onMessage(message: ConsumerMessage): void {
    if (message.type === 'ready') this.changes.add({ capacity: true });
    if (message.type !== 'changes') return;
    for (const [batchId, count] of Object.entries(message.recorded)) this.dispatcher.finished(batchId, count);
    this.changes.add(message.changes);
    if (message.changes.done.length > 0) void this.tick();
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
    this.changes.add({
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
    setTimeout(() => void this.tick(), crashed ? restartDelay(this.crashesInARow) : 0);
  }

  private retire(consumer: Consumer): void {
    consumer.stopping = true;
    sendToConsumer(consumer, { type: 'shutdown' });
  }

  private abort(request: AbortRequest): void {
    for (const consumer of this.consumers.values()) sendToConsumer(consumer, { type: 'abort', ...request });
  }

  private heartbeat(): Promise<void> {
    const all = [...this.consumers.values()];
    return heartbeatNode(this.nodeId, {
      processes: all.filter((c) => !c.quarantine).length,
      jobsActive: all.reduce((sum, c) => sum + c.active, 0),
      stopping: this.stopping,
    });
  }
}
