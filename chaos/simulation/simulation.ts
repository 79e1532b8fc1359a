import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { cancelWaiting } from '@/lib/domain/batch/cancel-waiting';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { pauseBatch, resumeBatch } from '@/lib/domain/batch/pause-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { startQueued } from '@/lib/domain/batch/start-queued';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { listCancelling, redeliverLost } from '@/lib/domain/worker/sweep';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import type { Clock } from './clock';
import { CONSUMERS, Consumers, type Taken } from './consumers';
import type { MemoryQueue } from './memory-queue';
import { Random } from './random';
import { describe, type Held, Schedule, seed } from './schedule';

export interface Options {
  seed: number;
  schedules: number;
  /** ticks with faults; the simulation then continues without faults until it is at rest */
  ticks: number;
  /** the probability, per tick, that a consumer is frozen and declared dead, so that its stale outcomes arrive later */
  freezes?: number | undefined;
}

const PHASES = ['dispatch', 'claim', 'record', 'acknowledge', 'giveBack', 'operate', 'fault'] as const;
const REST_TICKS = 300;
/** So many ticks (200 s) without the end of a schedule mean that the rest is stuck: no wait of the product is as long. */
const STUCK_TICKS = 100;

/** Runs many schedules concurrently with the product's domain functions, in phases, so that a seed reproduces them. */
export class Simulation {
  readonly schedules: Schedule[];
  private readonly dice: Random;
  private readonly consumers: Consumers;
  private quiet = false;

  constructor(
    private readonly context: Context,
    private readonly clock: Clock,
    private readonly queue: MemoryQueue,
    nodeId: number,
    private readonly options: Options,
  ) {
    this.dice = new Random(options.seed);
    this.schedules = Array.from(
      { length: options.schedules },
      (_, i) => new Schedule(options.seed * 100_003 + i, clock.now),
    );
    this.consumers = new Consumers(queue, nodeId);
  }

  get granted() {
    return this.consumers.granted;
  }

  /** Runs all schedules until they are at rest. @throws Error on a violation */
  async run(): Promise<void> {
    await this.consumers.start();
    await seed(this.schedules, this.context.organizationId);
    for (let i = 0; i < this.options.ticks; i += 1) await this.tick(50 + this.dice.below(500), i);
    this.quiet = true;
    await inParallel(
      this.schedules.filter((s) => s.paused),
      async (s) => {
        await this.unlessRefused(() => resumeBatch(this.context, s.batchId));
        s.paused = false;
      },
    );
    const { ghosts, mayRecord } = this.consumers;
    const late = await this.consumers.record(ghosts.filter(mayRecord), false);
    await this.consumers.record([...late, ...ghosts.filter(mayRecord)], false);
    let left = this.running.length;
    for (let i = 0, since = 0; i < REST_TICKS && left > 0 && since < STUCK_TICKS; i += 1) {
      await this.tick(2000, i);
      since = this.running.length < left ? 0 : since + 1;
      left = this.running.length;
    }
  }

  /** Returns the unfinished schedules. */
  get running(): Schedule[] {
    return this.schedules.filter((s) => s.open);
  }

  private async tick(ms: number, number: number): Promise<void> {
    await this.clock.advance(ms);
    for (const schedule of this.running) this.consumers.renew(schedule.held);
    this.queue.tick();
    const phases = [...PHASES];
    while (phases.length > 0) {
      const [phase] = phases.splice(this.quiet ? 0 : this.dice.below(phases.length), 1);
      if (phase) await this[phase](number);
    }
    await this.observe();
  }

  private likely(schedule: Schedule, probability: number): boolean {
    return this.quiet || schedule.dice.chance(probability);
  }

  private readonly awake = (held: Held): boolean => !this.consumers.blocked.has(held.consumer);

  /** Dispatches at any moment, and mostly where there is something to enqueue. */
  protected async dispatch(): Promise<void> {
    const due = await this.dispatchable();
    await inParallel(
      this.running.filter((s) => (due.has(s.batchId) ? this.likely(s, 0.5) : s.dice.chance(0.05))),
      async (schedule) => {
        const dies = !this.quiet && schedule.dice.chance(0.05);
        if (dies) for (const id of schedule.rowIds) this.queue.failAfterAdding.add(id);
        await dispatchBatch(schedule.batchId, 2).catch((error: unknown) => {
          if (!dies) throw error;
          schedule.uncounted = true;
        });
        if (dies) for (const id of schedule.rowIds) this.queue.failAfterAdding.delete(id);
      },
    );
  }

  private async dispatchable(): Promise<Set<string>> {
    const { rows } = await pool().query<{ id: string }>(
      `select batch_id as id from batch_dispatch
       where batch_id = any($1::uuid[]) and (last_seq > cursor + holes or recall or next_due <= now())`,
      [this.running.map((s) => s.batchId)],
    );
    return new Set(rows.map((row) => row.id));
  }

  protected async claim(): Promise<void> {
    const taken: Taken[][] = Array.from({ length: CONSUMERS }, () => []);
    const owners = new Map(this.running.flatMap((s) => s.rowIds.map((id) => [id, s] as const)));
    for (const entry of this.queue.entries.values()) {
      const schedule = owners.get(entry.data.jobId);
      if (entry.state !== 'waiting' || !schedule || !this.likely(schedule, 0.5)) continue;
      const suspect = entry.queue === QUARANTINE_QUEUE;
      const consumer = suspect ? CONSUMERS - 1 : schedule.dice.below(CONSUMERS - 1);
      if (this.consumers.blocked.has(consumer)) continue;
      this.consumers.lock(entry);
      for (const rowId of entry.data.jobIds ?? [entry.data.jobId]) taken[consumer]?.push({ schedule, entry, rowId });
    }
    for (const [consumer, list] of taken.entries()) {
      const held = await this.consumers.claim(consumer, list, !this.quiet && this.dice.chance(0.03));
      for (const one of held) one.schedule.held.push(one);
    }
  }

  protected async record(): Promise<void> {
    const ending: Held[] = [];
    for (const schedule of this.running) {
      // A row whose start is not recorded yet is recorded later, even if it has ended.
      schedule.held = schedule.held.filter((h) => !h.stale);
      const able = schedule.held.filter((h) => this.consumers.mayRecord(h) && this.awake(h));
      for (const held of able.filter(() => this.likely(schedule, schedule.pace))) {
        const successor = held.ended ? undefined : this.consumers.finish(held);
        if (successor) schedule.held.push(successor);
        if (!successor || this.likely(schedule, 0.5)) ending.push(held);
      }
    }
    const begun = await this.consumers.record(ending, !this.quiet && this.dice.chance(0.1));
    for (const one of begun) one.schedule.held.push(one);
    const speaking = this.consumers.ghosts.filter((g) => this.consumers.mayRecord(g) && g.schedule.dice.chance(0.07));
    this.consumers.ghosts = this.consumers.ghosts.filter((g) => !speaking.includes(g));
    this.consumers.ghosts.push(...(await this.consumers.record(speaking, false)));
  }

  protected async acknowledge(): Promise<void> {
    for (const schedule of this.running) {
      const acknowledged = schedule.held.filter((h) => h.acknowledge && this.awake(h) && this.likely(schedule, 0.7));
      schedule.held = schedule.held.filter((h) => !acknowledged.includes(h));
      for (const held of acknowledged) await this.consumers.acknowledge(held, schedule);
    }
  }

  /** Prefetched rows that did not start in time are returned, and some at any time. */
  protected async giveBack(): Promise<void> {
    const isAwake = (consumer: number) => !this.consumers.blocked.has(consumer);
    const { prefetched } = this.consumers;
    await prefetched.giveBack(isAwake, (row) => prefetched.isLate(row) || row.schedule.dice.chance(0.1));
  }

  /** Stands for the wait before a pause or a cancel is acknowledged: what has not started is too old to start. */
  settlePrefetched(batchId: string): void {
    const schedule = this.schedules.find((s) => s.batchId === batchId);
    if (schedule) this.consumers.prefetched.expire(schedule);
  }

  /** Simulates actions of users. */
  protected async operate(): Promise<void> {
    if (this.quiet) return;
    await inParallel(this.schedules, async (schedule) => {
      const dice = schedule.dice.next();
      const { batchId } = schedule;
      if (dice < 0.01) {
        const done = await this.unlessRefused(() => cancelBatch(this.context, batchId, { force: dice < 0.004 }));
        if (done) schedule.cancelled = true;
      } else if (dice < 0.05) {
        const only = schedule.dice.pick(['failed', 'cancelled', 'all'] as const);
        const done = await this.unlessRefused(() => retryBatch(this.context, batchId, { only }));
        if (done && done.retried > 0) {
          Object.assign(schedule, { cancelled: false, open: true, reopened: true, paused: done.batch.paused });
        }
      } else if (dice < 0.06) {
        const done = await this.unlessRefused(() =>
          (schedule.paused ? resumeBatch : pauseBatch)(this.context, batchId),
        );
        schedule.paused = done?.paused ?? false;
      } else if (dice < 0.08) {
        this.lose(schedule);
      }
    });
  }

  /** Loses one delivery, even if it is locked. */
  private lose(schedule: Schedule): void {
    for (const entry of this.queue.entries.values()) {
      if (schedule.rowIds.includes(entry.data.jobId)) {
        this.queue.entries.delete(entry.id);
        return;
      }
    }
  }

  /** Injects faults that affect all schedules, and runs the supervisors' repairs. */
  protected async fault(number: number): Promise<void> {
    if (!this.quiet) {
      const consumer = this.dice.below(CONSUMERS);
      const dice = this.dice.next();
      if (dice > 1 - (this.options.freezes ?? 0.03)) await this.consumers.die(consumer, this.schedules, true);
      else if (dice < 0.03) await this.consumers.die(consumer, this.schedules, false);
      else if (dice < 0.09) this.consumers.blocked.add(consumer);
      else if (dice < 0.21) this.consumers.blocked.clear();
      else if (dice < 0.24) this.queue.empty();
    } else this.consumers.blocked.clear();
    if (number % 5 === 0) {
      for (const id of await listCancelling()) await cancelWaiting(id, 100);
      await redeliverLost();
      if (this.dice.chance(0.3)) await redeliverLost();
      await this.consumers.reconcile(this.schedules);
    }
    // Batches without due rows release their slots and take new ones.
    if (number % 5 === 0) await startQueued();
  }

  private async unlessRefused<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }

  /** Checks that counters never decrease within a run, and that no concurrency is exceeded. */
  private async observe(): Promise<void> {
    const { rows } = await pool().query<{ id: string; done: number; finished: boolean; active: number }>(
      `select b.id, completed + failed + cancelled as done, finished_at is not null as finished,
         (select count(*)::int from job j where j.batch_id = b.id and j.status = 'active') as active
       from batch b where id = any($1::uuid[])`,
      [this.running.map((s) => s.batchId)],
    );
    const byId = new Map(rows.map((r) => [r.id, r]));
    for (const schedule of this.running) {
      const row = byId.get(schedule.batchId);
      if (!row) throw new Error('an acknowledged batch is gone');
      if (row.done < schedule.seen && !schedule.reopened) throw new Error('counters fell within a run');
      const running = Math.max(row.active, schedule.countRunning(this.consumers.isCurrent));
      if (running > (schedule.options.concurrency ?? running) && !schedule.uncounted)
        throw new Error(
          `schedule ${schedule.seed}: more rows run than the concurrency allows: ${await describe(row.id)}`,
        );
      schedule.seen = row.done;
      schedule.reopened = false;
      // Finished batches are checked too while faults may reach them: they must not change any more.
      if (row.finished && this.quiet) schedule.open = false;
    }
  }
}

const AT_ONCE = 8;

/** Runs independent calls, a few at a time. */
async function inParallel<T>(list: T[], call: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...list];
  const one = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await call(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
