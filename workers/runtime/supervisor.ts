import { hostname } from 'node:os';
import { env } from '@/lib/config/env';
import { gracePeriod } from '@/lib/config/grace-period';
import { logger } from '@/lib/config/logger';
import { onRedisBack } from '@/lib/config/redis';
import { VERSION } from '@/lib/config/version';
import type { ConsumerMessage } from '@/lib/contracts/ipc';
import { retryForever } from '@/lib/db/retry-forever';
import { readLoad } from '@/lib/domain/capacity/get-capacity';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { heartbeatNode, registerNode, retireNode } from '@/lib/domain/worker/nodes';
import { subscribe } from '@/lib/events/relay';
import type { ControlMessage } from '@/lib/events/topics';
import { followExternal } from '@/lib/interop/follow-external';
import { ConsumerPool } from './consumer-pool';
import { Dispatcher } from './dispatcher';
import { ChangesBuffer } from './ipc-buffer';
import { JobsWatch } from './jobs-watch';
import { runMaintenance, unlessQueueIsAway } from './maintenance';
import { Notifier } from './notifier';
import { Scheduler } from './scheduler';
import { withTimeout } from './with-timeout';

/** What `childProcessManager.getStatus()` returns. */
export interface Status {
  runningBatches: string[];
  activeBatches: number;
  maxBatches: number;
  isShuttingDown: boolean;
}

/** The interval of heartbeats, and of maintenance rounds while there is work. */
const TICK_MS = 1000;
/** Without work, a round follows only after this many heartbeats, for retention and the like. */
const IDLE_TICKS = 60;
/** Rounds that still follow when nothing is open: some steps run only in every second or fifth round. */
const LAST_ROUNDS = 6;
/** The maximum time of each step of a stop, ten seconds in total. After a slow drain the last steps get less time. */
export const STOP_MS = {
  heartbeat: gracePeriod(1500),
  drain: gracePeriod(9200),
  drainWithoutDatabase: gracePeriod(5000),
  dispatch: gracePeriod(5000),
  lastSteps: { max: 2000, min: 200 },
  /** counters, connections, traces: after everything above */
  close: 300,
};

/** Keeps the consumers of this machine running, dispatches, and runs the maintenance. One on each machine. */
export class Supervisor {
  private readonly dispatcher = new Dispatcher();
  private readonly changes = new ChangesBuffer();
  private readonly scheduler = new Scheduler();
  private readonly notifier = new Notifier();
  private readonly pool = new ConsumerPool({
    message: (message) => this.onMessage(message),
    released: (changes) => this.changes.add(changes),
    needsRound: () => void this.wake(),
  });
  private nodeId = 0;
  private started = false;
  private stopping = false;
  private ticking: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private round = 0;
  private ticksWithoutRound = 0;
  private ticksWithoutWork = 0;
  private queueIsBack = false;
  private typesChangedAt: string | null = null;
  private readonly jobs = new JobsWatch(() => this.replaceJobs());
  private known: Status = {
    runningBatches: [],
    activeBatches: 0,
    maxBatches: env().MAX_ACTIVE_BATCHES,
    isShuttingDown: false,
  };

  /** Returns the status as of the last round, which is at most a second old while there is work. */
  getStatus(): Status {
    return { ...this.known, isShuttingDown: this.stopping };
  }

  async start(): Promise<void> {
    this.nodeId = await retryForever('Registering the supervisor', () =>
      registerNode(hostname(), process.pid, VERSION),
    );
    await retryForever('Subscribing to control messages', () =>
      subscribe('control', (message) => this.onControl(message)),
    );
    await retryForever('Announcing own job types', () => this.jobs.announce(this.nodeId));
    await this.pool.start(this.nodeId);
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
    this.jobs.close();
    const databaseAnswers =
      this.nodeId === 0 || (await withTimeout('The last heartbeat', STOP_MS.heartbeat, () => this.heartbeat()));
    this.pool.stop();
    const dispatched = withTimeout('Waiting for the last dispatch', STOP_MS.dispatch, () =>
      Promise.all([this.dispatcher.stop(), this.scheduler.stop(), this.notifier.stop(), this.ticking]),
    );
    // Without the database no outcome can be recorded, so a longer drain is useless.
    await this.pool.exited(startedAt + (databaseAnswers ? STOP_MS.drain : STOP_MS.drainWithoutDatabase));
    this.pool.kill();
    await dispatched;
    const left = await this.pool.exited(Date.now() + timeLeft());
    if (left.length > 0) {
      logger.warn(
        { consumerIds: left },
        'The jobs of these consumers were not requeued in time. The next supervisor that runs will do it.',
      );
    }
    await withTimeout('Publishing the last changes', timeLeft(), () => this.changes.flush());
    if (this.nodeId !== 0) await withTimeout('Retiring the node', timeLeft(), () => retireNode(this.nodeId));
  }

  private async onControl(message: ControlMessage): Promise<void> {
    if (message.abort) this.pool.abort(message.abort);
    // The rows decide what may be dispatched, so a late message can't wake a batch that has ended.
    if (message.dispatch || message.startQueued) await this.wake();
  }

  /** The heartbeat has its own schedule: a long round must not look like a lost supervisor. */
  private schedule(): void {
    this.timer = setTimeout(async () => {
      const hasWork = await this.heartbeat().catch((error: unknown) => {
        logger.warn({ err: error }, `The heartbeat failed. Trying again in ${TICK_MS / 1000} s.`);
        return true;
      });
      if (this.stopping) return;
      this.pool.check();
      this.ticksWithoutRound += 1;
      this.ticksWithoutWork = hasWork || this.pool.isBusy() ? 0 : this.ticksWithoutWork + 1;
      if (this.ticksWithoutWork <= LAST_ROUNDS) void this.tick();
      else if (this.ticksWithoutRound >= IDLE_TICKS) void this.tick({ everything: true });
      this.schedule();
    }, TICK_MS);
  }

  /** Runs a round now, because something happened, and some more of them. */
  private wake(): Promise<void> {
    this.ticksWithoutWork = 0;
    return this.tick();
  }

  /**
   * Runs one maintenance round. Rounds never overlap; callers that come before it starts share it.
   * @param everything also the steps that other rounds do only now and then
   */
  private tick({ everything = false } = {}): Promise<void> {
    this.next ??= this.ticking.then(() => {
      this.next = undefined;
      return this.stopping || !this.started ? undefined : this.runRound({ everything });
    });
    this.ticking = this.next;
    return this.next;
  }

  private async runRound({ everything }: { everything: boolean }): Promise<void> {
    this.ticksWithoutRound = 0;
    this.round += 1;
    const round = everything ? 0 : this.round;
    try {
      const { queueIsBack } = this;
      this.queueIsBack = false;
      const started = await runMaintenance({
        dispatcher: this.dispatcher,
        round,
        abort: (request) => this.pool.abort(request),
        queueIsBack,
      });
      await followExternal(round, (message) => this.changes.add(message));
      if (started.length > 0) this.changes.add({ capacity: true });
      const { running, activeBatches, maxBatches } = await readLoad();
      const runningBatches = running.map((batch) => batch.id);
      this.known = { runningBatches, activeBatches, maxBatches, isShuttingDown: this.stopping };
      await unlessQueueIsAway(() => this.pool.scale());
    } catch (error) {
      logger.warn({ err: error }, 'A maintenance round failed. The next one follows in a second.');
      this.ticksWithoutRound = IDLE_TICKS;
    }
  }

  private onMessage(message: ConsumerMessage): void {
    if (message.type === 'ready') void this.announce();
    if (message.type !== 'changes') return;
    for (const [batchId, counts] of Object.entries(message.recorded)) this.dispatcher.recorded(batchId, counts);
    this.changes.add(message.changes);
    if (message.changes.done.length > 0) void this.wake();
  }

  /** A consumer is ready: other processes count it from now on. */
  private async announce(): Promise<void> {
    await this.heartbeat().catch((error: unknown) =>
      logger.debug({ err: error }, 'A new consumer could not be stored. The next heartbeat does it.'),
    );
    this.changes.add({ capacity: true });
  }

  /** Own types changed, on this machine or another. The consumers may launch them, too. */
  private async readTypes(changedAt: string | null): Promise<void> {
    await refreshTypes();
    this.typesChangedAt = changedAt;
    this.pool.tellTypes();
    this.changes.add({ capacity: true });
  }

  /** The code of own jobs changed on this machine. */
  private async replaceJobs(): Promise<void> {
    await retryForever('Announcing own job types', () => this.jobs.announce(this.nodeId));
    await this.pool.replace();
    await this.heartbeat();
  }

  /** @returns whether there is work */
  private async heartbeat(): Promise<boolean> {
    const found = await heartbeatNode(this.nodeId, {
      ...this.pool.load(),
      stopping: this.stopping,
    });
    if (this.started && !this.stopping) {
      this.scheduler.expect(found, TICK_MS);
      this.notifier.expect(found);
    }
    if (this.pool.drain(found.draining) && !this.stopping) {
      logger.info(
        found.draining
          ? 'This machine drains: it takes no more work, and its consumers end what they run.'
          : 'This machine takes work again.',
      );
      this.changes.add({ capacity: true });
    }
    if (found.typesChangedAt !== this.typesChangedAt) await this.readTypes(found.typesChangedAt);
    return found.hasWork;
  }
}
