import { hostname } from 'node:os';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { onRedisBack } from '@/lib/config/redis';
import type { AbortRequest, ConsumerMessage } from '@/lib/contracts/ipc';
import { retryForever } from '@/lib/db/retry-forever';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import { heartbeatNode, nameConsumer, registerNode, retireNode } from '@/lib/domain/worker/nodes';
import { redeliverUnclaimed } from '@/lib/domain/worker/redeliver-unclaimed';
import { type Ending, releaseConsumer } from '@/lib/domain/worker/release-consumer';
import type { ControlMessage } from '@/lib/events/messages';
import { subscribe } from '@/lib/events/relay';
import { followExternal } from '@/lib/interop/follow-external';
import { countWaiting } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { briefly } from './briefly';
import { Changes } from './changes';
import { type Consumer, forkConsumer, tell } from './consumers';
import { Dispatcher } from './dispatcher';
import { lookAfter, unlessQueueIsAway } from './look-after';
import { wantedProcesses } from './scale';

/** As `childProcessManager.getStatus()` gives it. */
export interface Status {
  runningBatches: string[];
  activeBatches: number;
  maxBatches: number;
  isShuttingDown: boolean;
}

/** One round of looking after everything. */
const TICK_MS = 1000;
/** The longest that each part of a stop may take, ten seconds in all: what follows a drain that took long is short. */
const STOP_MS = {
  heartbeat: 1500,
  drain: 9200,
  drainInVain: 5000,
  handOver: 5000,
  farewell: { early: 2000, late: 200 },
};
/** A consumer that is silent for this long has a blocked event loop; it is ended, and what it held is suspect. */
const SILENT_MS = 45_000;
/** A consumer that has not come up after this long is ended and forked again. */
const BIRTH_MS = 180_000;
/** What died is forked again, after a wait that doubles until one has lived for a while. */
const RESTART_MS = { first: 100, most: 10_000, healthyAfter: 30_000 };
/** The quarantine's consumer stays for this long after its last suspect: another one may come. */
const QUARANTINE_IDLE_MS = 20_000;

/** Forks consumers, restarts what dies, puts back what they held, and keeps batches moving. One per machine. */
export class Supervisor {
  private readonly consumers = new Map<number, Consumer>();
  private readonly dispatcher = new Dispatcher();
  private readonly changes = new Changes();
  private nodeId = 0;
  private started = false;
  private stopping = false;
  private ticking: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private forking = 0;
  private restartMs = RESTART_MS.first;
  private suspectsAt = 0;
  private round = 0;
  private queueIsBack = false;
  private known: Status = {
    runningBatches: [],
    activeBatches: 0,
    maxBatches: env().MAX_ACTIVE_BATCHES,
    isShuttingDown: false,
  };

  /** What runs, as of the last look (at most a second ago). */
  getStatus(): Status {
    return { ...this.known, isShuttingDown: this.stopping };
  }

  async start(): Promise<void> {
    this.nodeId = await retryForever('Registering the supervisor', () => registerNode(hostname(), process.pid));
    await retryForever('Subscribing to control messages', () => subscribe('control', (message) => this.told(message)));
    const forks = Array.from({ length: env().WORKER_PROCESSES.min }, () =>
      retryForever('Forking a consumer', () => this.fork(false)),
    );
    await Promise.all(forks);
    await retryForever('The first heartbeat', () => this.beat());
    this.started = true;
    onRedisBack(() => {
      this.queueIsBack = true;
      void this.tick();
    });
    await this.tick();
    this.schedule();
  }

  /**
   * Lets running jobs end for up to nine seconds, then ends the rest and puts back what they held. Nothing is lost: what can't
   * be put back because the database is gone, the next supervisor that runs puts back.
   */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const began = Date.now();
    const { early, late } = STOP_MS.farewell;
    const spare = () => Math.max(late, Math.min(early, began + STOP_MS.drain - early - Date.now()));
    clearTimeout(this.timer);
    const reached = this.nodeId === 0 || (await briefly('the last heartbeat', STOP_MS.heartbeat, () => this.beat()));
    for (const consumer of this.consumers.values()) this.retire(consumer);
    const handedOver = briefly('handing over', STOP_MS.handOver, () =>
      Promise.all([this.dispatcher.stop(), this.ticking]),
    );
    // Without the database no outcome can be recorded, so there is less to wait for.
    await this.emptied(began + (reached ? STOP_MS.drain : STOP_MS.drainInVain));
    for (const { process: child } of this.consumers.values()) child.kill('SIGKILL');
    await handedOver;
    await this.emptied(Date.now() + spare());
    if (this.consumers.size > 0) {
      logger.warn(
        { consumerIds: [...this.consumers.keys()] },
        'what these consumers held was not put back in time; the next supervisor that runs does it',
      );
    }
    await briefly('the last event', spare(), () => this.changes.flush());
    if (this.nodeId !== 0) await briefly('signing off', spare(), () => retireNode(this.nodeId));
  }

  /** Resolves when no consumer is left, or at the deadline. */
  private async emptied(deadline: number): Promise<void> {
    while (this.consumers.size > 0 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 20));
  }

  private async told(message: ControlMessage): Promise<void> {
    if (message.abort) this.abort(message.abort);
    // What may be dispatched is asked of the rows, so that a late message can't wake what has ended.
    if (message.dispatch || message.startQueued) await this.tick();
  }

  private schedule(): void {
    this.timer = setTimeout(async () => {
      await this.tick();
      if (!this.stopping) this.schedule();
    }, TICK_MS);
  }

  /** One look at everything, never two at once. */
  private tick(): Promise<void> {
    this.ticking = this.ticking.then(async () => {
      if (this.stopping || !this.started) return;
      this.round += 1;
      try {
        const { queueIsBack } = this;
        this.queueIsBack = false;
        const started = await lookAfter(this.dispatcher, this.round, (request) => this.abort(request), queueIsBack);
        await followExternal(this.round, (message) => this.changes.add(message));
        if (started.length > 0) this.changes.capacity();
        const { runningBatches, activeBatches, maxBatches } = await getCapacity();
        this.known = { runningBatches, activeBatches, maxBatches, isShuttingDown: this.stopping };
        await unlessQueueIsAway(() => this.keepConsumers());
        await this.beat();
      } catch (error) {
        logger.warn({ err: error }, 'a round of the supervisor failed; the next one follows');
      }
    });
    return this.ticking;
  }

  private async keepConsumers(): Promise<void> {
    const regular = [...this.consumers.values()].filter((c) => !c.quarantine && !c.stopping);
    for (const consumer of this.consumers.values()) {
      if (Date.now() - consumer.heardAt < (consumer.ready ? SILENT_MS : BIRTH_MS)) continue;
      logger.error({ consumerId: consumer.id }, 'a consumer does not answer and is ended');
      consumer.process.kill('SIGKILL');
    }
    const wanted = await wantedProcesses(
      regular.length,
      regular.reduce((sum, c) => sum + c.active, 0),
    );
    if (regular.length + this.forking < wanted) await this.fork(false);
    else if (regular.length > wanted) {
      const idle = regular.find((c) => c.active === 0);
      if (idle) this.retire(idle);
    }
    await this.keepQuarantine();
  }

  /** A quarantine consumer exists only while there are suspects. */
  private async keepQuarantine(): Promise<void> {
    const own = [...this.consumers.values()].find((c) => c.quarantine && !c.stopping);
    if (own?.active) this.suspectsAt = Date.now();
    if (own && Date.now() - this.suspectsAt < QUARANTINE_IDLE_MS) return;
    if ((await countWaiting(QUARANTINE_QUEUE)) > 0) {
      this.suspectsAt = Date.now();
      if (!own) await this.fork(true);
    } else if (own) {
      this.retire(own);
    }
  }

  private async fork(quarantine: boolean): Promise<void> {
    this.forking += 1;
    try {
      const consumer = await forkConsumer(this.nodeId, quarantine, {
        message: (message) => this.heard(message),
        ended: (who, how) => void this.ended(who, how),
      });
      this.consumers.set(consumer.id, consumer);
      // Born while everything stops: it stops too.
      if (this.stopping) this.retire(consumer);
      const { pid } = consumer.process;
      if (pid) nameConsumer(consumer.id, pid).catch((error: unknown) => logger.warn({ err: error }, 'naming'));
    } finally {
      this.forking -= 1;
    }
  }

  private heard(message: ConsumerMessage): void {
    if (message.type === 'progress') {
      for (const [batchId, count] of Object.entries(message.batches)) this.dispatcher.finished(batchId, count);
    }
    this.changes.add(message);
    if (message.type === 'done') void this.tick();
  }

  private async ended(consumer: Consumer, how: string): Promise<void> {
    const crashed = !consumer.stopping;
    const ending: Ending = crashed ? 'crashed' : 'stopped';
    if (crashed) logger.error({ consumerId: consumer.id, how }, 'a consumer died; what it held goes back');
    const released = await retryForever('Releasing the rows of a consumer', () =>
      releaseConsumer(consumer.id, ending, how),
    );
    this.consumers.delete(consumer.id);
    for (const { id, batchId } of crashed ? [...released.returned, ...released.failed] : []) {
      const what = released.failed.some((f) => f.id === id) ? 'failed' : 'runs again on its own';
      this.changes.add({
        type: 'error',
        jobId: id,
        ...(batchId ? { batchId } : {}),
        message: `The worker process died (${how}); this item ${what}.`,
      });
    }
    this.changes.add({ type: 'progress', batches: {}, jobs: released.changed.map((c) => ({ ...c, jobId: c.id })) });
    this.changes.batches(released.batches.map((b) => b.id));
    const finished = released.batches.filter((b) => b.finished).map((b) => b.id);
    if (finished.length > 0) this.changes.add({ type: 'done', batchIds: finished });
    this.changes.capacity();
    if (this.stopping) return;
    redeliverUnclaimed().catch((error: unknown) => logger.warn({ err: error }, 'what a dead consumer had taken'));
    if (released.returned.length > 0) this.suspectsAt = Date.now();
    const healthy = Date.now() - consumer.bornAt > RESTART_MS.healthyAfter;
    this.restartMs = healthy ? RESTART_MS.first : Math.min(this.restartMs * 2, RESTART_MS.most);
    setTimeout(() => void this.tick(), crashed ? this.restartMs : 0);
  }

  private retire(consumer: Consumer): void {
    consumer.stopping = true;
    tell(consumer, { type: 'shutdown' });
  }

  private abort(request: AbortRequest): void {
    for (const consumer of this.consumers.values()) tell(consumer, { type: 'abort', ...request });
  }

  private beat(): Promise<void> {
    const all = [...this.consumers.values()];
    return heartbeatNode(this.nodeId, {
      processes: all.filter((c) => !c.quarantine).length,
      jobsActive: all.reduce((sum, c) => sum + c.active, 0),
      stopping: this.stopping,
    });
  }
}
